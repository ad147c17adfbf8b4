// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/literals.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "core/base/limits.h"
#include "core/partiql/errors.h"

namespace gyre::partiql {
namespace {

constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";

/// Reads one literal; remembers where in it the reading has come to, for messages.
class LiteralReader {
 public:
  Result<AttributeValue> read(const Expression& expression) {
    using enum Expression::Kind;
    if (level_ > limits::kNestingLevelsMax) {
      return Error::validation("Nesting Levels have exceeded supported limits under " + path_);
    }
    switch (expression.kind) {
      case kString:
        return AttributeValue::string(expression.text);
      case kNumber: {
        ASSIGN_OR_RETURN(const Number number, read_number(expression));
        return AttributeValue::number(number);
      }
      case kBoolean:
        return AttributeValue::boolean(expression.text == "true");
      case kNull:
        return AttributeValue::null();
      case kList:
        return read_list(expression);
      case kBag:
        return read_bag(expression);
      case kTuple: {
        ASSIGN_OR_RETURN(AttributeMap members, read_tuple(expression));
        return AttributeValue::map(std::move(members));
      }
      default:
        return unsupported(expression);
    }
  }

  Result<AttributeMap> read_tuple(const Expression& tuple) {
    AttributeMap::Storage members;
    for (std::size_t i = 0; i + 1 < tuple.operands.size(); i += 2) {
      const Expression& name = tuple.operands[i];
      if (name.kind != Expression::Kind::kString) return unsupported(name);
      const Step step(*this, "." + name.text);
      ASSIGN_OR_RETURN(AttributeValue value, read(tuple.operands[i + 1]));
      members.push_back({name.text, std::move(value)});
    }
    std::optional<AttributeMap> map = AttributeMap::from_unsorted(std::move(members));
    if (!map) return Error::validation("Duplicate attribute name under " + path_);
    return *std::move(map);
  }

  Error unsupported(const Expression& expression) const {
    std::string what(kind_name(expression.kind));
    if (expression.kind == Expression::Kind::kCall) what = expression.text;
    if (expression.kind == Expression::Kind::kPath) what = expression.path.front().name;
    return error_at("Unsupported data type: " + what + " under key " + path_, expression.position);
  }

 private:
  /// One step down, for as long as it lives.
  class Step {
   public:
    Step(LiteralReader& reader, const std::string& step) : reader_(reader), length_(reader.path_.size()) {
      reader_.path_ += step;
      ++reader_.level_;
    }
    ~Step() {
      reader_.path_.resize(length_);
      --reader_.level_;
    }

   private:
    LiteralReader& reader_;
    std::size_t length_;
  };

  Result<Number> read_number(const Expression& literal) const {
    Result<Number> number = Number::parse(literal.text);
    if (number.ok()) return number;
    return Error::validation(number.error().older_words() + " under " + path_);
  }

  Result<AttributeValue> read_list(const Expression& list) {
    AttributeValue::List elements;
    for (std::size_t i = 0; i < list.operands.size(); ++i) {
      const Step step(*this, "[" + std::to_string(i) + "]");
      ASSIGN_OR_RETURN(AttributeValue element, read(list.operands[i]));
      elements.push_back(std::move(element));
    }
    return AttributeValue::list(std::move(elements));
  }

  Result<AttributeValue> read_bag(const Expression& bag) const {
    if (bag.operands.empty()) return Error::validation("Empty bags are not supported");
    const Expression::Kind kind = bag.operands.front().kind;
    const bool uniform = std::all_of(bag.operands.begin(), bag.operands.end(),
                                     [kind](const Expression& member) { return member.kind == kind; });
    if (uniform && kind == Expression::Kind::kString) {
      std::vector<std::string> members;
      for (const Expression& member : bag.operands) members.push_back(member.text);
      Result<AttributeValue> set = AttributeValue::string_set(std::move(members));
      if (!set.ok()) return std::move(set).error().in_older_words();
      return set;
    }
    if (uniform && kind == Expression::Kind::kNumber) return read_number_set(bag);
    return Error::validation(
        "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags");
  }

  Result<AttributeValue> read_number_set(const Expression& bag) const {
    std::vector<Number> members;
    std::string texts;
    for (const Expression& member : bag.operands) {
      ASSIGN_OR_RETURN(const Number number, read_number(member));
      members.push_back(number);
      texts += (texts.empty() ? "" : ", ") + member.text;
    }
    Result<AttributeValue> set = AttributeValue::number_set(std::move(members));
    if (set.ok()) return set;
    return Error::validation(std::string(kInvalid) + "Input collection [" + texts +
                             "] contains duplicates! under " + path_);
  }

  std::string path_ = "root";
  int level_ = 1;  // of the value that is read, which counts itself
};

}  // namespace

bool is_constant(const Expression& expression) {
  using enum Expression::Kind;
  switch (expression.kind) {
    case kString:
    case kNumber:
    case kBoolean:
    case kNull:
    case kParameter:
    case kList:
    case kBag:
    case kTuple:
      return true;
    default:
      return false;
  }
}

Result<AttributeValue> read_constant(const Expression& expression, const Parameters& parameters) {
  if (expression.kind == Expression::Kind::kParameter) return parameters[expression.parameter];
  return LiteralReader().read(expression);
}

Result<AttributeMap> read_item(const Expression& expression, const Parameters& parameters) {
  if (expression.kind == Expression::Kind::kParameter) {
    const AttributeValue& parameter = parameters[expression.parameter];
    if (parameter.is(AttributeType::kMap)) return parameter.as_map();
  }
  if (expression.kind != Expression::Kind::kTuple) return LiteralReader().unsupported(expression);
  // Each attribute is a value of its own: messages name the places in it, not the attribute.
  AttributeMap::Storage attributes;
  for (std::size_t i = 0; i + 1 < expression.operands.size(); i += 2) {
    const Expression& name = expression.operands[i];
    if (name.kind != Expression::Kind::kString) return LiteralReader().unsupported(name);
    ASSIGN_OR_RETURN(AttributeValue value, read_constant(expression.operands[i + 1], parameters));
    attributes.push_back({name.text, std::move(value)});
  }
  std::optional<AttributeMap> item = AttributeMap::from_unsorted(std::move(attributes));
  if (!item) return Error::validation("Duplicate attribute name under root");
  return *std::move(item);
}

}  // namespace gyre::partiql
