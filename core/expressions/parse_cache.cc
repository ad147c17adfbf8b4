// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/parse_cache.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/expressions/checks.h"
#include "core/expressions/condition_parser.h"
#include "core/expressions/key_conditions.h"
#include "core/expressions/lexer.h"
#include "core/expressions/update_parser.h"
#include "core/expressions/update_tree.h"

namespace gyre::expressions {
namespace {

/// What an expression took from the placeholders of the request that it was parsed for.
struct Taken {
  struct Name {
    std::string placeholder;
    std::string attribute;
  };
  struct ValueType {
    std::string placeholder;
    AttributeType type = AttributeType::kNull;
  };

  std::vector<Name> names;
  std::vector<ValueType> values;  ///< in their places
};

std::vector<Taken::Name> names_in(std::string_view text, Placeholders& placeholders) {
  std::vector<Taken::Name> names;
  std::set<std::string_view> known;
  for (const Token& token : tokenize(text)) {
    if (token.kind != TokenKind::kNamePlaceholder || !known.insert(token.text).second) continue;
    const std::string* attribute = placeholders.name(token.text);
    CHECK(attribute != nullptr);  // the expression was parsed with it
    names.push_back({std::string(token.text), *attribute});
  }
  return names;
}

/// About what is kept of an expression: a token is a node at most, and its name stands in it, in a selection,
/// and with its placeholder.
std::size_t bytes_kept(std::string_view text, Placeholders& placeholders) {
  std::size_t bytes = 0;
  for (const Token& token : tokenize(text)) {
    const bool is_name = token.kind == TokenKind::kNamePlaceholder;
    bytes += sizeof(Node) + 3 * (is_name ? placeholders.name(token.text)->size() : token.text.size());
  }
  return bytes;
}

void take_values(const Node& root, const Values& values, Taken& taken) {
  taken.values.resize(values.size());
  const Status visited = for_each_node(root, [&](const Node& node) {
    if (node.kind == Node::Kind::kValue) taken.values[node.value] = {node.text, values[node.value].type()};
    return Status();
  });
  CHECK(visited.ok());
}

/// The values of another request, in their places; nothing unless it gives the same names and types.
std::optional<Values> take_again(const Taken& taken, Placeholders& placeholders) {
  for (const Taken::Name& name : taken.names) {
    const std::string* attribute = placeholders.name(name.placeholder);
    if (attribute == nullptr || *attribute != name.attribute) return std::nullopt;
  }
  Values values;
  values.reserve(taken.values.size());
  for (const Taken::ValueType& wanted : taken.values) {
    const AttributeValue* value = placeholders.value(wanted.placeholder);
    if (value == nullptr || !value->is(wanted.type)) return std::nullopt;
    values.push_back(*value);
  }
  return values;
}

}  // namespace

struct ParseCache::KeptCondition {
  Taken taken;
  Node root;
  bool looks_into_values = false;
};

struct ParseCache::KeptUpdate {
  Taken taken;
  UpdateTree tree;
};

struct ParseCache::KeptProjection {
  Taken taken;
  Projection projection;
};

ParseCache::ParseCache(std::size_t entries_max, std::size_t bytes_max)
    : conditions_(entries_max, bytes_max),
      updates_(entries_max, bytes_max),
      projections_(entries_max, bytes_max) {}

ParseCache::~ParseCache() = default;

Result<SharedCondition> ParseCache::shared_condition(std::string_view parameter, std::string_view text,
                                                     Placeholders& placeholders) {
  const auto share = [](const std::shared_ptr<const KeptCondition>& kept, Values values) {
    return SharedCondition{std::shared_ptr<const Node>(kept, &kept->root), std::move(values)};
  };
  if (const std::shared_ptr<const KeptCondition> kept = conditions_.find(text)) {
    std::optional<Values> values = take_again(kept->taken, placeholders);
    if (values && (!kept->looks_into_values || fits_values(kept->root, *values))) {
      ++hits_;
      return share(kept, *std::move(values));
    }
  }
  ASSIGN_OR_RETURN(ParsedCondition parsed, parse_condition(parameter, text, placeholders));
  auto kept = std::make_shared<KeptCondition>();
  kept->taken.names = names_in(text, placeholders);
  take_values(parsed.root, parsed.values, kept->taken);
  kept->root = std::move(parsed.root);
  kept->looks_into_values = looks_into_values(kept->root);
  conditions_.put(std::string(text), kept, bytes_kept(text, placeholders));
  return share(kept, std::move(parsed.values));
}

Result<Condition> ParseCache::condition(std::string_view parameter, std::string_view text,
                                        Placeholders& placeholders) {
  ASSIGN_OR_RETURN(SharedCondition shared, shared_condition(parameter, text, placeholders));
  return Condition::of(std::move(shared));
}

Result<std::vector<AttributeCondition>> ParseCache::key_conditions(std::string_view text,
                                                                   Placeholders& placeholders) {
  ASSIGN_OR_RETURN(const SharedCondition shared,
                   shared_condition("KeyConditionExpression", text, placeholders));
  return read_key_conditions(*shared.root, shared.values);
}

Result<Update> ParseCache::update(std::string_view text, Placeholders& placeholders) {
  const auto share = [](const std::shared_ptr<const KeptUpdate>& kept, Values values) {
    return Update::of(SharedUpdate{std::shared_ptr<const UpdateTree>(kept, &kept->tree), std::move(values)});
  };
  if (const std::shared_ptr<const KeptUpdate> kept = updates_.find(text)) {
    if (std::optional<Values> values = take_again(kept->taken, placeholders)) {
      ++hits_;
      return share(kept, *std::move(values));
    }
  }
  ASSIGN_OR_RETURN(ParsedUpdate parsed, parse_update(text, placeholders));
  auto kept = std::make_shared<KeptUpdate>();
  kept->taken.names = names_in(text, placeholders);
  for (const UpdateAction& action : parsed.actions) take_values(action.value, parsed.values, kept->taken);
  Values values = std::move(parsed.values);
  kept->tree = make_update_tree(std::move(parsed.actions), parsed.type_mismatch);
  updates_.put(std::string(text), kept, bytes_kept(text, placeholders));
  return share(kept, std::move(values));
}

Result<Projection> ParseCache::projection(std::string_view text, Placeholders& placeholders) {
  if (const std::shared_ptr<const KeptProjection> kept = projections_.find(text)) {
    if (take_again(kept->taken, placeholders)) {
      ++hits_;
      return kept->projection;
    }
  }
  ASSIGN_OR_RETURN(const Projection projection, Projection::parse(text, placeholders));
  auto kept =
      std::make_shared<KeptProjection>(KeptProjection{{names_in(text, placeholders), {}}, projection});
  projections_.put(std::string(text), kept, bytes_kept(text, placeholders));
  return projection;
}

}  // namespace gyre::expressions
