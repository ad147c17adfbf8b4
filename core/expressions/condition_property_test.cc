// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/expressions/expressions.h"
#include "core/expressions/values_test.h"

// Random conditions over random items, against a second evaluator that is made beside the text of each
// condition: closures over copied values, sharing nothing with the evaluator under test but the values' own
// ==.
namespace gyre::expressions {
namespace {

using Random = std::mt19937;
using Maybe = std::optional<AttributeValue>;

struct Operand {
  std::string text;
  std::function<Maybe(const Item&)> value;
};

struct Sample {
  enum class Level { kOr, kAnd, kNot, kSimple };
  std::string text;
  Level level;
  std::function<bool(const Item&)> holds;
};

template <class T>
const T& pick(Random& random, const std::vector<T>& from) {
  return from[random() % from.size()];
}

/// Few and alike, so that conditions often hold.
AttributeValue random_value(Random& random, int depth = 0) {
  switch (random() % (depth < 2 ? 10 : 5)) {
    case 0:
    case 1:
      return S(pick<std::string>(random, {"", "a", "ab", "b", "\xC3\xA9"}));
    case 2:
      return N(pick<std::string>(random, {"-1", "0", "1", "2", "1.0"}));
    case 3:
      return B(pick<std::string>(random, {"a", "ab", std::string("\0", 1)}));
    case 4:
      return random() % 2 == 0 ? Bool(random() % 2 == 0) : Null();
    case 5:
      return random() % 2 == 0 ? SS({"a", "b"}) : SS({"a"});
    case 6:
      return random() % 2 == 0 ? NS({"1", "2"}) : BS({"a"});
    case 7:
      return L({random_value(random, depth + 1), random_value(random, depth + 1)});
    case 8:
      return L({});
    default:
      return M({{"x", random_value(random, depth + 1)}, {"y", random_value(random, depth + 1)}});
  }
}

Item random_item(Random& random) {
  Item item;
  for (const char* name : {"a", "b", "c", "d"}) {
    if (random() % 5 != 0) item.set(name, random_value(random));
  }
  return item;
}

// --- the second evaluator's idea of operands ---

Maybe member(const Maybe& value, const std::string& name) {
  if (!value || !value->is(AttributeType::kMap)) return {};
  for (const Attribute& attribute : value->as_map()) {
    if (attribute.name == name) return attribute.value;
  }
  return {};
}

Maybe element(const Maybe& value, std::size_t index) {
  if (!value || !value->is(AttributeType::kList) || value->as_list().size() <= index) return {};
  return value->as_list()[index];
}

Operand random_path(Random& random) {
  const std::string name = pick<std::string>(random, {"a", "b", "c", "d"});
  const auto top = [name](const Item& item) { return member(AttributeValue::map(item), name); };
  switch (random() % 4) {
    case 0:
      return {name + ".x", [top](const Item& item) { return member(top(item), "x"); }};
    case 1:
      return {"#" + name + "[1]", [top](const Item& item) { return element(top(item), 1); }};
    default:
      return {name, top};
  }
}

Maybe size_of(const Maybe& value) {
  if (!value) return {};
  using enum AttributeType;
  switch (value->type()) {
    case kString:
      return N(value->as_string() == "\xC3\xA9" ? "1" : std::to_string(value->as_string().size()));
    case kBinary:
      return N(std::to_string(value->as_binary().size()));
    case kList:
      return N(std::to_string(value->as_list().size()));
    case kMap:
      return N(std::to_string(value->as_map().size()));
    case kStringSet:
      return N(std::to_string(value->as_string_set().size()));
    case kNumberSet:
      return N(std::to_string(value->as_number_set().size()));
    case kBinarySet:
      return N(std::to_string(value->as_binary_set().size()));
    default:
      return {};
  }
}

/// Writes random conditions, and collects the values that they name.
class Writer {
 public:
  explicit Writer(Random& random) : random_(random) {}
  AttributeMap values;

  Sample condition(int depth) {
    switch (depth == 0 ? 3 : random_() % 4) {
      case 0:
        return joined(depth, Sample::Level::kOr, pick<std::string>(random_, {" OR ", " or "}));
      case 1:
        return joined(depth, Sample::Level::kAnd, pick<std::string>(random_, {" AND ", " And "}));
      case 2: {
        const Sample inner = condition(depth - 1);
        const bool tight = inner.level == Sample::Level::kSimple || inner.level == Sample::Level::kNot;
        return {"NOT " + (tight ? inner.text : "(" + inner.text + ")"), Sample::Level::kNot,
                [holds = inner.holds](const Item& item) { return !holds(item); }};
      }
      default:
        return simple();
    }
  }

 private:
  Sample joined(int depth, Sample::Level level, const std::string& keyword) {
    const Sample left = condition(depth - 1);
    const Sample right = condition(depth - 1);
    const auto text = [&](const Sample& side) {
      return side.level < level ? "(" + side.text + ")" : side.text;
    };
    const bool any = level == Sample::Level::kOr;
    return {text(left) + keyword + text(right), level, [any, left, right](const Item& item) {
              return any ? left.holds(item) || right.holds(item) : left.holds(item) && right.holds(item);
            }};
  }

  Operand value() {
    const std::string name = ":v" + std::to_string(values.size());
    AttributeValue value = random_value(random_);
    values.set(name, value);
    return {name, [value](const Item&) { return Maybe(value); }};
  }

  Operand operand() {
    switch (random_() % 5) {
      case 0: {
        const Operand path = random_path(random_);
        return {"size(" + path.text + ")",
                [value = path.value](const Item& item) { return size_of(value(item)); }};
      }
      case 1:
      case 2:
        return value();
      default:
        return random_path(random_);
    }
  }

  Sample simple() {
    switch (random_() % 4) {
      case 0:
        return comparison();
      case 1:
        return between();
      case 2:
        return in();
      default:
        return function();
    }
  }

  /// -1, 0 or 1; nothing where there is no order.
  static std::optional<int> order(const Maybe& a, const Maybe& b) {
    if (!a || !b || a->type() != b->type()) return {};
    const auto sign = [](const auto& x, const auto& y) { return x == y ? 0 : y < x ? 1 : -1; };
    if (a->is(AttributeType::kString)) return sign(a->as_string(), b->as_string());
    if (a->is(AttributeType::kBinary)) return sign(a->as_binary(), b->as_binary());
    if (a->is(AttributeType::kNumber)) return sign(*a->as_number().to_int(), *b->as_number().to_int());
    return {};
  }

  Sample comparison() {
    const Operand a = operand();
    const Operand b = operand();
    const auto with = [&](const std::string& symbol,
                          std::function<bool(const Maybe&, const Maybe&)> compare) {
      return Sample{a.text + symbol + b.text, Sample::Level::kSimple,
                    [a, b, compare](const Item& item) { return compare(a.value(item), b.value(item)); }};
    };
    switch (random_() % 6) {
      case 0:
        return with(" = ", [](const Maybe& x, const Maybe& y) { return x && y && *x == *y; });
      case 1:
        return with("<>", [](const Maybe& x, const Maybe& y) { return !x || !y || !(*x == *y); });
      case 2:
        return with("<", [](const Maybe& x, const Maybe& y) { return order(x, y) == -1; });
      case 3:
        return with("<=",
                    [](const Maybe& x, const Maybe& y) { return order(x, y) == -1 || order(x, y) == 0; });
      case 4:
        return with(" >", [](const Maybe& x, const Maybe& y) { return order(x, y) == 1; });
      default:
        return with(">= ",
                    [](const Maybe& x, const Maybe& y) { return order(x, y) == 1 || order(x, y) == 0; });
    }
  }

  Sample between() {
    const Operand a = operand();
    const Operand low = operand();
    const Operand high = operand();
    return {a.text + " BETWEEN " + low.text + " AND " + high.text, Sample::Level::kSimple,
            [a, low, high](const Item& item) {
              const auto above = order(a.value(item), low.value(item));
              const auto below = order(a.value(item), high.value(item));
              return above && below && *above >= 0 && *below <= 0;
            }};
  }

  Sample in() {
    const Operand a = operand();
    const Operand b = operand();
    const Operand c = operand();
    return {a.text + " in (" + b.text + " , " + c.text + ")", Sample::Level::kSimple,
            [a, b, c](const Item& item) {
              const Maybe wanted = a.value(item);
              return wanted && (wanted == b.value(item) || wanted == c.value(item));
            }};
  }

  Sample function() {
    const Operand a = random_path(random_);
    const Operand b = operand();
    const auto both = [&](const std::string& name,
                          std::function<bool(const AttributeValue&, const AttributeValue&)> f) {
      return Sample{name + "(" + a.text + ", " + b.text + ")", Sample::Level::kSimple,
                    [a, b, f](const Item& item) {
                      const Maybe x = a.value(item);
                      const Maybe y = b.value(item);
                      return x && y && f(*x, *y);
                    }};
    };
    switch (random_() % 4) {
      case 0:
        return {"attribute_exists(" + a.text + ")", Sample::Level::kSimple,
                [a](const Item& item) { return a.value(item).has_value(); }};
      case 1:
        return {"attribute_not_exists(" + a.text + ")", Sample::Level::kSimple,
                [a](const Item& item) { return !a.value(item).has_value(); }};
      case 2:
        return both("begins_with", [](const AttributeValue& x, const AttributeValue& y) {
          if (x.type() != y.type()) return false;
          if (x.is(AttributeType::kString)) return x.as_string().rfind(y.as_string(), 0) == 0;
          return x.is(AttributeType::kBinary) && x.as_binary().rfind(y.as_binary(), 0) == 0;
        });
      default:
        return both("contains", &Writer::holds_part);
    }
  }

  static bool holds_part(const AttributeValue& x, const AttributeValue& y) {
    std::vector<AttributeValue> members;
    using enum AttributeType;
    if (x.is(kString) && y.is(kString)) return x.as_string().find(y.as_string()) != std::string::npos;
    if (x.is(kBinary) && y.is(kBinary)) return x.as_binary().find(y.as_binary()) != std::string::npos;
    if (x.is(kList)) members = x.as_list();
    if (x.is(kStringSet)) {
      for (const std::string& text : x.as_string_set()) members.push_back(S(text));
    }
    if (x.is(kBinarySet)) {
      for (const std::string& bytes : x.as_binary_set()) members.push_back(B(bytes));
    }
    if (x.is(kNumberSet)) {
      for (const Number& number : x.as_number_set()) members.push_back(AttributeValue::number(number));
    }
    for (const AttributeValue& one : members) {
      if (one == y) return true;
    }
    return false;
  }

  Random& random_;
};

TEST(ConditionProperty, EvaluatesAsTheReferenceDoes) {
  Random random(20'261'121);
  int accepted = 0;
  int held = 0;
  for (int round = 0; round < 2000; ++round) {
    Writer writer(random);
    const Sample sample = writer.condition(static_cast<int>(random() % 4));
    Placeholders placeholders({{"#a", "a"}, {"#b", "b"}, {"#c", "c"}, {"#d", "d"}}, writer.values);
    const Result<Condition> condition = Condition::parse("FilterExpression", sample.text, placeholders);
    if (!condition.ok()) {
      // Constants of a wrong type and the like are refused; but all that is written here is within the
      // grammar.
      ASSERT_EQ(condition.error().message.find("Syntax error"), std::string::npos)
          << sample.text << ": " << condition.error().message;
      continue;
    }
    ++accepted;
    for (int i = 0; i < 5; ++i) {
      const Item item = random_item(random);
      const bool expected = sample.holds(item);
      held += expected ? 1 : 0;
      ASSERT_EQ(condition->evaluate(&item).value(), expected) << "round " << round << ": " << sample.text;
    }
    ASSERT_EQ(condition->evaluate(nullptr).value(), sample.holds(Item{})) << sample.text;
  }
  // The test would be empty if most were refused, or if nearly all were false.
  EXPECT_GT(accepted, 700);
  EXPECT_GT(held, accepted);
}

}  // namespace
}  // namespace gyre::expressions
