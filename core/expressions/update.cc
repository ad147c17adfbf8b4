// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <span>
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

/// Changes in order of their targets, which have the first `depth` steps in common.
struct Changes {
  std::span<Change> all;
  std::size_t depth = 0;

  bool empty() const { return all.empty(); }
  /// Takes those off the front that have the next step in common, too.
  Changes take_step() {
    const PathStep& step = first_step();
    std::size_t count = 1;
    while (count < all.size() && (*all[count].target)[depth] == step) ++count;
    const Changes taken{all.first(count), depth + 1};
    all = all.subspan(count);
    return taken;
  }
  const PathStep& first_step() const { return (*all.front().target)[depth]; }
  /// Of what take_step() answers: is the step the last one? Then there is just one change.
  bool end_here() const { return all.front().target->size() == depth; }
  std::optional<AttributeValue>& value() const { return all.front().value; }
};

// Each container is gone through once, however many of its parts change.
void change_map(AttributeMap& members, Changes changes);
void change_list(AttributeValue::List& elements, Changes changes);

/// What lies below `value`; nothing lies below nullptr, from where there may be something to remove.
void change_inside(AttributeValue* value, const Changes& changes) {
  const bool indexed = changes.first_step().kind == PathStep::Kind::kIndex;
  if (value == nullptr || !value->is(indexed ? AttributeType::kList : AttributeType::kMap)) {
    for (const Change& change : changes.all) CHECK(!change.value);
    return;
  }
  return indexed ? change_list(value->as_list(), changes) : change_map(value->as_map(), changes);
}

void change_map(AttributeMap& members, Changes changes) {
  std::vector<AttributeChange> ends;
  while (!changes.empty()) {
    const std::string& name = changes.first_step().name;
    const Changes next = changes.take_step();
    if (next.end_here()) {
      ends.push_back({name, std::move(next.value())});
    } else {
      change_inside(members.find(name), next);
    }
  }
  members.change(std::move(ends));
}

/// Paths name elements as they are before: so those beyond the end are appended in the order of their
/// indexes, and what is removed goes last.
void change_list(AttributeValue::List& elements, Changes changes) {
  const std::size_t count = elements.size();
  std::vector<std::size_t> removed;  // in rising order
  while (!changes.empty()) {
    const std::size_t index = changes.first_step().index;
    const Changes next = changes.take_step();
    if (!next.end_here()) {
      change_inside(index < count ? &elements[index] : nullptr, next);
    } else if (next.value()) {
      if (index < count) {
        elements[index] = *std::move(next.value());
      } else {
        elements.push_back(*std::move(next.value()));
      }
    } else if (index < count) {
      removed.push_back(index);
    }
  }
  if (removed.empty()) return;
  std::size_t kept = removed.front();
  auto gone = removed.begin();
  for (std::size_t i = kept; i < elements.size(); ++i) {
    if (gone != removed.end() && *gone == i) {
      ++gone;
    } else {
      elements[kept++] = std::move(elements[i]);
    }
  }
  elements.resize(kept);
}

Item apply_changes(const Item& before, std::vector<Change> changes) {
  std::sort(changes.begin(), changes.end(),
            [](const Change& a, const Change& b) { return *a.target < *b.target; });
  Item after = before;
  change_map(after, {changes, 0});
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

  Result<Item> apply(const Item& before, bool exists, Work& work) const;
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

Result<Item> Update::apply(const Item& before, Work& work) const {
  return state_->apply(before, true, work);
}

Result<Item> Update::create(const AttributeMap& key, Work& work) const {
  return state_->apply(key, false, work);
}

Result<Item> Update::apply(const Item& before) const {
  Work unbounded;
  return apply(before, unbounded);
}

Result<Item> Update::create(const AttributeMap& key) const {
  Work unbounded;
  return create(key, unbounded);
}

Result<Item> Update::State::apply(const Item& before, bool exists, Work& work) const {
  UpdateEvaluator evaluator(before, exists, update, work);
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
