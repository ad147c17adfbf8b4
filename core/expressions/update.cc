// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include "core/base/limits.h"
#include "core/expressions/expressions.h"
#include "core/expressions/update_evaluator.h"
#include "core/expressions/update_parser.h"
#include "core/expressions/update_tree.h"

namespace gyre::expressions {
namespace {

/// What one action does to the item.
struct Change {
  const DocumentPath* target = nullptr;
  std::optional<AttributeValue> value;  ///< nothing: remove the target
};

/// Refuses what could never be stored before it is copied into the item. An expression of 4 KB may name a
/// large value hundreds of times, so this also bounds the memory of an update.
class SizeGuard {
 public:
  Status check(const Change& change) {
    if (!change.value) return {};
    const auto depth_of_target = static_cast<int>(change.target->size()) - 1;
    if (depth_of_target + nesting_levels(*change.value) > limits::kNestingLevelsMax) return nested_too_deep();
    written_bytes_ += dynamodb_size(*change.value);
    if (written_bytes_ > limits::kItemBytesMax) return item_too_large();
    return {};
  }

 private:
  std::size_t written_bytes_ = 0;
};

void write(Item& item, const DocumentPath& target, AttributeValue value) {
  const PathStep& last = target.back();
  if (target.size() == 1) {
    item.set(last.name, std::move(value));
    return;
  }
  AttributeValue* parent = find_path(item, PathView(target).first(target.size() - 1));
  CHECK(parent != nullptr);
  if (last.kind == PathStep::Kind::kName) {
    parent->as_map().set(last.name, std::move(value));
  } else if (last.index < parent->as_list().size()) {
    parent->as_list()[last.index] = std::move(value);
  } else {
    parent->as_list().push_back(std::move(value));
  }
}

/// The target exists.
void remove(Item& item, const DocumentPath& target) {
  const PathStep& last = target.back();
  if (target.size() == 1) {
    item.erase(last.name);
    return;
  }
  AttributeValue* parent = find_path(item, PathView(target).first(target.size() - 1));
  CHECK(parent != nullptr);
  if (last.kind == PathStep::Kind::kName) {
    parent->as_map().erase(last.name);
  } else {
    parent->as_list().erase(parent->as_list().begin() + static_cast<std::ptrdiff_t>(last.index));
  }
}

/// Paths name list elements as they stood before. So writes come before removals; writes in rising order,
/// since those beyond the end of a list are appended in the order of their indexes; removals in falling
/// order, so that none moves an element that another names.
Item apply_changes(const Item& before, std::vector<Change> changes) {
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return *a.target < *b.target; });
  Item after = before;
  // An index beyond the end as it was must append, also when an append before it has made the list longer.
  for (Change& change : changes) {
    if (!change.value) continue;
    DocumentPath target = *change.target;
    const bool indexed = target.back().kind == PathStep::Kind::kIndex;
    if (indexed && find_path(before, target) == nullptr) target.back().index = static_cast<std::size_t>(-1);
    write(after, target, *std::move(change.value));
  }
  std::for_each(changes.rbegin(), changes.rend(), [&](const Change& change) {
    const bool removed = !change.value && find_path(before, *change.target) != nullptr;
    if (removed) remove(after, *change.target);
  });
  return after;
}

UpdateAction::Kind kind_of(const AttributeUpdate& update) {
  switch (update.action) {
    case AttributeUpdate::Action::kPut:
      return UpdateAction::Kind::kSet;
    case AttributeUpdate::Action::kAdd:
      return UpdateAction::Kind::kAdd;
    case AttributeUpdate::Action::kDelete:
      return update.value ? UpdateAction::Kind::kDelete : UpdateAction::Kind::kRemove;
  }
  fatal("an action that there is not");
}

ParsedUpdate build_update(const std::vector<AttributeUpdate>& updates) {
  ParsedUpdate built;
  built.type_mismatch = "Type mismatch for attribute to update";
  for (const AttributeUpdate& update : updates) {
    UpdateAction action{.kind = kind_of(update), .target = {{PathStep::Kind::kName, update.attribute, 0}}};
    CHECK(update.value || action.kind == UpdateAction::Kind::kRemove);
    if (update.value) {
      action.value = {.kind = Node::Kind::kValue, .value = built.values.size()};
      built.values.push_back(*update.value);
    }
    built.actions.push_back(std::move(action));
  }
  return built;
}

}  // namespace

struct Update::State {
  explicit State(SharedUpdate shared) : update(std::move(shared)) {}
  explicit State(ParsedUpdate own)
      : update{
            std::make_shared<const UpdateTree>(make_update_tree(std::move(own.actions), own.type_mismatch)),
            std::move(own.values)} {}

  Result<Item> apply(const Item& before, bool exists) const;
  const std::vector<UpdateAction>& actions() const { return update.tree->actions; }

  SharedUpdate update;
};

Update::Update(std::unique_ptr<State> state) : state_(std::move(state)) {}
Update::Update(Update&&) noexcept = default;
Update& Update::operator=(Update&&) noexcept = default;
Update::~Update() = default;

Result<Update> Update::parse(std::string_view text, Placeholders& placeholders) {
  ASSIGN_OR_RETURN(ParsedUpdate parsed, parse_update(text, placeholders));
  return Update(std::make_unique<State>(std::move(parsed)));
}

Update Update::of_attributes(const std::vector<AttributeUpdate>& updates) {
  return Update(std::make_unique<State>(build_update(updates)));
}

Update Update::of(ParsedUpdate update) {
  return Update(std::make_unique<State>(std::move(update)));
}
Update Update::of(SharedUpdate update) {
  return Update(std::make_unique<State>(std::move(update)));
}

Result<Item> Update::apply(const Item& before) const {
  return state_->apply(before, true);
}

Result<Item> Update::create(const AttributeMap& key) const {
  return state_->apply(key, false);
}

Result<Item> Update::State::apply(const Item& before, bool exists) const {
  UpdateEvaluator evaluator(before, exists, update);
  SizeGuard guard;
  std::vector<Change> changes;
  for (const UpdateAction& action : actions()) {
    ASSIGN_OR_RETURN(std::optional<AttributeValue> value, evaluator.evaluate(action));
    changes.push_back({&action.target, std::move(value)});
    RETURN_IF_ERROR(guard.check(changes.back()));
  }
  return apply_changes(before, std::move(changes));
}

Item Update::touched(const Item& item) const {
  return state_->update.tree->targets.apply(item);
}

std::vector<std::string> Update::written_names() const {
  std::set<std::string> names;
  for (const UpdateAction& action : state_->actions()) names.insert(action.target.front().name);
  return {names.begin(), names.end()};
}

std::vector<std::string> Update::nested_names() const {
  std::set<std::string> names;
  for (const UpdateAction& action : state_->actions()) {
    if (action.target.size() > 1) names.insert(action.target.front().name);
    add_nested_names(action.value, names);
  }
  return {names.begin(), names.end()};
}

std::size_t Update::value_bytes() const {
  return expressions::value_bytes(state_->update.values);
}

}  // namespace gyre::expressions
