// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <utility>

#include "core/expressions/condition_builder.h"
#include "core/expressions/evaluator.h"
#include "core/expressions/expressions.h"

namespace gyre::expressions {

struct Condition::State {
  explicit State(SharedCondition shared) : parsed(std::move(shared)) {}
  explicit State(ParsedCondition own)
      : parsed{std::make_shared<const Node>(std::move(own.root)), std::move(own.values)} {}

  SharedCondition parsed;
};

Condition::Condition(std::unique_ptr<State> state) : state_(std::move(state)) {}
Condition::Condition(Condition&&) noexcept = default;
Condition& Condition::operator=(Condition&&) noexcept = default;
Condition::~Condition() = default;

Result<Condition> Condition::parse(std::string_view parameter, std::string_view text,
                                   Placeholders& placeholders) {
  ASSIGN_OR_RETURN(ParsedCondition parsed, parse_condition(parameter, text, placeholders));
  return Condition(std::make_unique<State>(std::move(parsed)));
}

Condition Condition::all_of(const std::vector<AttributeCondition>& conditions) {
  return Condition(std::make_unique<State>(build_condition(Node::Kind::kAnd, conditions)));
}
Condition Condition::any_of(const std::vector<AttributeCondition>& conditions) {
  return Condition(std::make_unique<State>(build_condition(Node::Kind::kOr, conditions)));
}

Condition Condition::of(ParsedCondition condition) {
  return Condition(std::make_unique<State>(std::move(condition)));
}
Condition Condition::of(SharedCondition condition) {
  return Condition(std::make_unique<State>(std::move(condition)));
}

Result<bool> Condition::evaluate(const Item* item, Work& work) const {
  const bool holds = evaluate_condition(*state_->parsed.root, state_->parsed.values, item, work);
  if (work.used_up()) return too_much_work();
  return holds;
}

Result<bool> Condition::evaluate(const Item* item) const {
  Work unbounded;
  return evaluate(item, unbounded);
}

std::vector<std::string> Condition::attribute_names() const {
  std::set<std::string> names;
  const Status visited = for_each_node(*state_->parsed.root, [&](const Node& node) {
    if (node.kind == Node::Kind::kPath) names.insert(node.path.front().name);
    return Status();
  });
  CHECK(visited.ok());
  return {names.begin(), names.end()};
}

std::vector<std::string> Condition::nested_names() const {
  std::set<std::string> names;
  add_nested_names(*state_->parsed.root, names);
  return {names.begin(), names.end()};
}

std::size_t Condition::value_bytes() const {
  return expressions::value_bytes(state_->parsed.values);
}

}  // namespace gyre::expressions
