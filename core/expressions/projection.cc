// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/expressions/expressions.h"
#include "core/expressions/parser.h"
#include "core/expressions/resolver.h"
#include "core/expressions/selection.h"

namespace gyre::expressions {
namespace {

constexpr std::string_view kProjection = "ProjectionExpression";

/// Paths, with commas between.
class ProjectionParser final : public Parser {
 public:
  explicit ProjectionParser(std::string_view text) : Parser(kProjection, text) {}

  Result<std::vector<DocumentPath>> parse() {
    RETURN_IF_ERROR(check_size());
    std::vector<DocumentPath> paths;
    do {
      ASSIGN_OR_RETURN(DocumentPath path, parse_path());
      paths.push_back(std::move(path));
    } while (take_if(TokenKind::kComma));
    RETURN_IF_ERROR(expect(TokenKind::kEnd));
    return paths;
  }

 private:
  Result<Node> parse_operand() override { return syntax_error(); }
};

}  // namespace

struct Projection::State {
  Selection selection;
};

Projection::Projection(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Result<Projection> Projection::parse(std::string_view text, Placeholders& placeholders) {
  ASSIGN_OR_RETURN(std::vector<DocumentPath> paths, ProjectionParser(text).parse());
  for (const DocumentPath& path : paths) RETURN_IF_ERROR(check_path(kProjection, path));
  for (DocumentPath& path : paths) RETURN_IF_ERROR(resolve_names(kProjection, path, placeholders));
  std::vector<const DocumentPath*> pointers;
  for (const DocumentPath& path : paths) pointers.push_back(&path);
  RETURN_IF_ERROR(check_paths_distinct(kProjection, pointers));

  auto state = std::make_shared<State>();
  for (const DocumentPath& path : paths) state->selection.add(path);
  return Projection(std::move(state));
}

Projection Projection::of_names(std::vector<std::string> names) {
  auto state = std::make_shared<State>();
  for (std::string& name : names) {
    state->selection.add(DocumentPath{{PathStep::Kind::kName, std::move(name), 0}});
  }
  return Projection(std::move(state));
}

Item Projection::apply(const Item& item) const {
  return state_->selection.apply(item);
}

std::vector<std::string> Projection::attribute_names() const {
  return state_->selection.names();
}

std::vector<std::string> Projection::nested_names() const {
  return state_->selection.nested_names();
}

}  // namespace gyre::expressions
