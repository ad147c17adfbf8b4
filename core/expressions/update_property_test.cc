// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"

// Random updates of random items, against a second evaluator that is made beside the text of each action and
// rebuilds the item from a tree of changes. It shares nothing with the evaluator under test but the values.
namespace gyre::expressions {
namespace {

using Random = std::mt19937;
using Maybe = std::optional<AttributeValue>;
using enum AttributeType;

const std::string kBadPath = "The document path provided in the update expression is invalid for update";
const std::string kBadType = "An operand in the update expression has an incorrect data type";
const std::string kAbsent = "The provided expression refers to an attribute that does not exist in the item";

/// What an operand or a whole action comes to: a value, nothing, or a refusal.
struct Outcome {
  Maybe value = {};
  std::string refusal = {};
};

template <class T>
const T& pick(Random& random, const std::vector<T>& from) {
  return from[random() % from.size()];
}

// --- paths ---

using Step = std::variant<std::string, std::size_t>;  // a member, or an element

struct Path {
  std::string text;
  std::vector<Step> steps;
};

const std::vector<Path> kPaths = {
    {"n", {"n"}},
    {"s", {"s"}},
    {"l", {"l"}},
    {"m", {"m"}},
    {"ss", {"ss"}},
    {"ns", {"ns"}},
    {"fresh", {"fresh"}},
    {"l[0]", {"l", 0U}},
    {"l[1]", {"l", 1U}},
    {"l[2]", {"l", 2U}},
    {"l[9]", {"l", 9U}},
    {"l[7]", {"l", 7U}},
    {"m.x", {"m", "x"}},
    {"m.y", {"m", "y"}},
    {"m.l", {"m", "l"}},
    {"m.ss", {"m", "ss"}},
    {"m[0]", {"m", 0U}},
    {"m.l[1]", {"m", "l", 1U}},
    {"s.x", {"s", "x"}},
    {"l.x", {"l", "x"}},
    {"m.l[5]", {"m", "l", 5U}},
    {"fresh.x", {"fresh", "x"}},
    {"fresh[0]", {"fresh", 0U}},
    {"l[0].x", {"l", 0U, "x"}},
    {"#n", {"n"}},
    {"#l[1].x", {"l", 1U, "x"}},
    {"m.#n", {"m", "n"}},
};

Maybe below(const AttributeValue& value, const Step& step) {
  if (const auto* name = std::get_if<std::string>(&step)) {
    if (!value.is(kMap)) return {};
    for (const Attribute& member : value.as_map()) {
      if (member.name == *name) return member.value;
    }
    return {};
  }
  const std::size_t index = std::get<std::size_t>(step);
  if (!value.is(kList) || index >= value.as_list().size()) return {};
  return value.as_list()[index];
}

Maybe at(const Item& item, const std::vector<Step>& steps) {
  Maybe value = AttributeValue::map(item);
  for (const Step& step : steps) {
    if (value) value = below(*value, step);
  }
  return value;
}

/// Whether something may stand there: its parent is a map, or a list.
bool has_place(const Item& item, const std::vector<Step>& steps) {
  const Maybe parent = at(item, {steps.begin(), steps.end() - 1});
  return parent && parent->is(std::holds_alternative<std::string>(steps.back()) ? kMap : kList);
}

/// False if one is a part of the other, or if one takes for a map what the other takes for a list.
bool can_stand_together(const Path& a, const Path& b) {
  for (std::size_t i = 0; i < std::min(a.steps.size(), b.steps.size()); ++i) {
    if (a.steps[i].index() != b.steps[i].index()) return false;
    if (a.steps[i] != b.steps[i]) return true;
  }
  return false;
}

// --- the item after ---

/// What becomes of a place; or of the places below it, where nothing is said of itself.
struct Change {
  std::optional<Maybe> becomes = {};
  std::map<Step, Change> inside = {};
};

Maybe rebuilt(const Maybe& before, const Change& change) {
  if (change.becomes) return *change.becomes;
  if (!before || change.inside.empty()) return before;
  if (before->is(kMap)) {
    AttributeMap members = before->as_map();
    for (const auto& [step, inner] : change.inside) {
      const Maybe now = rebuilt(below(*before, step), inner);
      if (now) {
        members.set(std::get<std::string>(step), *now);
      } else {
        members.erase(std::get<std::string>(step));
      }
    }
    return AttributeValue::map(members);
  }
  AttributeValue::List elements;
  const auto take = [&](const Maybe& value) {
    if (value) elements.push_back(*value);
  };
  for (std::size_t i = 0; i < before->as_list().size(); ++i) {
    const auto changed = change.inside.find(Step(i));
    const Maybe& old = before->as_list()[i];
    take(changed == change.inside.end() ? old : rebuilt(old, changed->second));
  }
  for (const auto& [step, inner] : change.inside) {  // in the order of the indexes
    if (std::get<std::size_t>(step) >= before->as_list().size()) take(rebuilt({}, inner));
  }
  return AttributeValue::list(elements);
}

// --- operands and actions ---

struct Operand {
  std::string text;
  std::function<Outcome(const Item&)> evaluate;
  Maybe constant = {};      // of a placeholder
  bool is_append = false;   // list_append is not an operand of itself
  bool is_refused = false;  // whatever the item is
};

struct Action {
  std::string section;
  Path target;
  std::string text;
  std::function<Outcome(const Item&)> evaluate;
  bool is_refused = false;
};

AttributeValue random_value(Random& random) {
  switch (random() % 8) {
    case 0:
      return S("text");
    case 1:
      return L({N("7"), S("seven")});
    case 2:
      return random() % 2 == 0 ? SS({"a", "b"}) : SS({"a"});
    case 3:
      return random() % 2 == 0 ? NS({"1", "2"}) : NS({"2", "3"});
    case 4:
      return M({{"x", N("1")}});
    default:
      return N(std::to_string(static_cast<int>(random() % 9) - 4));
  }
}

Item random_item(Random& random) {
  const Item full = {
      {"n", N("5")},
      {"s", S("text")},
      {"l", L({N("1"), M({{"x", N("2")}}), S("x")})},
      {"m", M({{"x", N("3")}, {"l", L({N("1"), N("2")})}, {"n", N("9")}, {"ss", SS({"a", "c"})}})},
      {"ss", SS({"a"})},
      {"ns", NS({"2", "4"})}};
  Item item;
  for (const Attribute& attribute : full) {
    if (random() % 8 != 0)
      item.set(attribute.name, random() % 6 != 0 ? attribute.value : random_value(random));
  }
  return item;
}

/// Both sides, in the order of the text; `combine` gets values.
Outcome both(const Operand& a, const Operand& b, const Item& item,
             const std::function<Outcome(const AttributeValue&, const AttributeValue&)>& combine) {
  const Outcome left = a.evaluate(item);
  if (!left.value) return left;
  const Outcome right = b.evaluate(item);
  if (!right.value) return right;
  return combine(*left.value, *right.value);
}

std::int64_t integer(const AttributeValue& number) {
  return number.as_number().to_int().value();
}

Outcome union_or_difference(const AttributeValue& a, const AttributeValue& b, bool unite) {
  if (a.type() != b.type()) return {.refusal = kBadType};
  const auto combine = [&](auto members, const auto& others, auto make) -> Outcome {
    std::erase_if(members, [&](const auto& one) {
      return std::find(others.begin(), others.end(), one) != others.end();
    });
    if (unite) members.insert(members.end(), others.begin(), others.end());
    if (members.empty()) return {};
    return {.value = make(std::move(members)).value()};
  };
  if (a.is(kStringSet)) return combine(a.as_string_set(), b.as_string_set(), &AttributeValue::string_set);
  if (a.is(kNumberSet)) return combine(a.as_number_set(), b.as_number_set(), &AttributeValue::number_set);
  return {.refusal = kBadType};
}

/// Writes random actions, and collects the values that they name.
class Writer {
 public:
  explicit Writer(Random& random) : random_(random) {}
  AttributeMap values;

  Action action() {
    switch (random_() % 8) {
      case 0:
      case 1:
        return remove();
      case 2:
        return add();
      case 3:
        return erase();
      default:
        return set();
    }
  }

 private:
  Operand value() {
    const std::string name = ":v" + std::to_string(values.size());
    AttributeValue value = random_value(random_);
    values.set(name, value);
    return {name, [value](const Item&) { return Outcome{.value = value}; }, value};
  }

  Operand path() {
    const Path path = pick(random_, kPaths);
    return {path.text, [path](const Item& item) {
              Maybe value = at(item, path.steps);
              return value ? Outcome{.value = std::move(value)} : Outcome{.refusal = kAbsent};
            }};
  }

  Operand operand(int depth) {
    switch (random_() % (depth > 0 ? 6 : 4)) {
      case 4: {
        const Path wanted = pick(random_, kPaths);
        const Operand otherwise = operand(depth - 1);
        return {.text = "if_not_exists(" + wanted.text + ", " + otherwise.text + ")",
                .evaluate =
                    [wanted, otherwise](const Item& item) {
                      Maybe value = at(item, wanted.steps);
                      return value ? Outcome{.value = std::move(value)} : otherwise.evaluate(item);
                    },
                .is_refused = otherwise.is_refused};
      }
      case 5: {
        const Operand a = operand(depth - 1);
        const Operand b = operand(depth - 1);
        const auto unfit = [](const Operand& one) {
          return one.is_refused || one.is_append || (one.constant && !one.constant->is(kList));
        };
        const auto append = [](const AttributeValue& x, const AttributeValue& y) {
          if (!x.is(kList) || !y.is(kList)) return Outcome{.refusal = kBadType};
          AttributeValue::List elements = x.as_list();
          for (const AttributeValue& element : y.as_list()) elements.push_back(element);
          return Outcome{.value = AttributeValue::list(elements)};
        };
        return {.text = "list_append(" + a.text + "," + b.text + ")",
                .evaluate = [a, b, append](const Item& item) { return both(a, b, item, append); },
                .is_append = true,
                .is_refused = unfit(a) || unfit(b)};
      }
      case 0:
      case 1:
        return value();
      default:
        return path();
    }
  }

  Operand sum() {
    const Operand a = operand(1);
    const Operand b = operand(1);
    const bool plus = random_() % 2 == 0;
    const auto unfit = [](const Operand& one) {
      return one.is_refused || (one.constant && !one.constant->is(kNumber));
    };
    const auto compute = [plus](const AttributeValue& x, const AttributeValue& y) {
      if (!x.is(kNumber) || !y.is(kNumber)) return Outcome{.refusal = kBadType};
      const std::int64_t result = plus ? integer(x) + integer(y) : integer(x) - integer(y);
      return Outcome{.value = N(std::to_string(result))};
    };
    return {.text = a.text + (plus ? " + " : "-") + b.text,
            .evaluate = [a, b, compute](const Item& item) { return both(a, b, item, compute); },
            .is_refused = unfit(a) || unfit(b)};
  }

  Action set() {
    const Path target = pick(random_, kPaths);
    const Operand value = random_() % 3 == 0 ? sum() : operand(2);
    return {"SET", target, target.text + " = " + value.text, value.evaluate, value.is_refused};
  }

  Action remove() {
    const Path target = pick(random_, kPaths);
    return {"REMOVE", target, target.text, [](const Item&) { return Outcome(); }};
  }

  Action add() {
    const Path target = pick(random_, kPaths);
    const Operand added = value();
    const auto evaluate = [target, added](const Item& item) -> Outcome {
      const Maybe current = at(item, target.steps);
      if (!current) return {.value = added.constant};
      if (!added.constant->is(kNumber)) return union_or_difference(*current, *added.constant, true);
      if (!current->is(kNumber)) return {.refusal = kBadType};
      return {.value = N(std::to_string(integer(*current) + integer(*added.constant)))};
    };
    const bool fit =
        added.constant->is(kNumber) || added.constant->is(kStringSet) || added.constant->is(kNumberSet);
    return {"ADD", target, target.text + " " + added.text, evaluate, !fit};
  }

  Action erase() {
    const Path target = pick(random_, kPaths);
    const Operand erased = value();
    const auto evaluate = [target, erased](const Item& item) -> Outcome {
      const Maybe current = at(item, target.steps);
      return current ? union_or_difference(*current, *erased.constant, false) : Outcome();
    };
    const bool fit = erased.constant->is(kStringSet) || erased.constant->is(kNumberSet);
    return {"DELETE", target, target.text + " " + erased.text, evaluate, !fit};
  }

  Random& random_;
};

/// Actions by section, each section once.
std::vector<Action> random_actions(Random& random, Writer& writer) {
  std::vector<Action> actions;
  for (auto left = 1 + random() % 4; left > 0; --left) actions.push_back(writer.action());
  std::stable_sort(actions.begin(), actions.end(),
                   [](const Action& a, const Action& b) { return a.section < b.section; });
  return actions;
}

std::string text_of(const std::vector<Action>& actions) {
  std::string text;
  std::string section;
  for (const Action& action : actions) {
    text += action.section == section ? ", " : " " + action.section + " ";
    text += action.text;
    section = action.section;
  }
  return text;
}

bool is_refused(const std::vector<Action>& actions) {
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (actions[i].is_refused) return true;
    for (std::size_t j = 0; j < i; ++j) {
      if (!can_stand_together(actions[j].target, actions[i].target)) return true;
    }
  }
  return false;
}

struct Expected {
  Item after = {};
  std::string refusal = {};
};

Expected apply(const std::vector<Action>& actions, const Item& before, bool exists) {
  Change changes;
  for (const Action& action : actions) {
    const bool anywhere = !exists && action.section == "REMOVE";
    if (!anywhere && !has_place(before, action.target.steps)) return {.refusal = kBadPath};
    const Outcome outcome = action.evaluate(before);
    if (!outcome.refusal.empty()) return {.refusal = outcome.refusal};
    if (!has_place(before, action.target.steps)) continue;
    Change* place = &changes;
    for (const Step& step : action.target.steps) place = &place->inside[step];
    place->becomes = outcome.value;
  }
  return {.after = rebuilt(AttributeValue::map(before), changes)->as_map()};
}

TEST(UpdateProperty, UpdatesAsTheReferenceDoes) {
  Random random(20'261'122);
  int updated = 0;
  int refused = 0;
  for (int round = 0; round < 2000; ++round) {
    Writer writer(random);
    const std::vector<Action> actions = random_actions(random, writer);
    const std::string text = text_of(actions);
    Placeholders placeholders({{"#n", "n"}, {"#l", "l"}}, writer.values);
    const Result<Update> update = Update::parse(text, placeholders);
    ASSERT_EQ(update.ok(), !is_refused(actions))
        << text << (update.ok() ? "" : ": " + update.error().message);
    if (!update.ok()) continue;
    for (int i = 0; i < 4; ++i) {
      const bool exists = i > 0;
      const Item before = exists ? random_item(random) : Item();
      const Expected expected = apply(actions, before, exists);
      const Result<Item> after = exists ? update->apply(before) : update->create(before);
      ASSERT_EQ(after.ok() ? "" : after.error().message, expected.refusal)
          << "round " << round << ":" << text;
      if (after.ok()) {
        ASSERT_EQ(*after, expected.after) << "round " << round << ":" << text;
      }
      ++(after.ok() ? updated : refused);
    }
  }
  // The test would be empty if nearly all were refused, or nearly none.
  EXPECT_GT(updated, 600);
  EXPECT_GT(refused, 300);
}

}  // namespace
}  // namespace gyre::expressions
