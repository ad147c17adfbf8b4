// SPDX-License-Identifier: Apache-2.0
// Any text as each kind of expression, over an item of all types: what a parser takes can be used, and what
// an update makes is an item again.
#include <string>

#include "core/base/check.h"
#include "core/expressions/expressions.h"
#include "core/model/item_codec.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {
namespace {

using expressions::Condition;
using expressions::Placeholders;
using expressions::Projection;
using expressions::Update;

AttributeValue number(std::int64_t value) {
  return AttributeValue::number(Number::from_int(value));
}

AttributeValue text(std::string value) {
  return AttributeValue::string(std::move(value));
}

Item make_item() {
  return {{"pk", text("k")},
          {"a", number(1)},
          {"b", AttributeValue::list({number(1), AttributeValue::map({{"a", text("x")}})})},
          {"c", AttributeValue::map({{"a", AttributeValue::list({})}, {"b", AttributeValue::null()}})},
          {"d", AttributeValue::string_set({"x"}).value()},
          {"e", AttributeValue::number_set({Number::from_int(1), Number::from_int(2)}).value()},
          {"f", AttributeValue::binary_set({"x"}).value()},
          {"g", AttributeValue::binary("x")},
          {"h", AttributeValue::boolean(true)}};
}

// A copy: parsing notes what was used.
Placeholders make_placeholders() {
  static const Placeholders placeholders({{"#a", "a"}, {"#b", "b"}, {"#x", "x"}},
                                         {{":n", number(1)},
                                          {":s", text("x")},
                                          {":b", AttributeValue::binary("x")},
                                          {":t", AttributeValue::boolean(true)},
                                          {":z", AttributeValue::null()},
                                          {":l", AttributeValue::list({number(1)})},
                                          {":m", AttributeValue::map({})},
                                          {":ss", AttributeValue::string_set({"x", "y"}).value()},
                                          {":ns", AttributeValue::number_set({Number::from_int(1)}).value()},
                                          {":bs", AttributeValue::binary_set({"x"}).value()}});
  return placeholders;
}

void fuzz_condition(std::string_view expression, const Item& item) {
  Placeholders placeholders = make_placeholders();
  const auto condition = Condition::parse("ConditionExpression", expression, placeholders);
  if (!condition.ok()) return;
  CHECK(condition->evaluate(&item).ok());
  CHECK(condition->evaluate(nullptr).ok());
  (void)condition->attribute_names();
}

void fuzz_update(std::string_view expression, const Item& item) {
  Placeholders placeholders = make_placeholders();
  const auto update = Update::parse(expression, placeholders);
  if (!update.ok()) return;
  CHECK(!update->written_names().empty());
  for (const Item& before : {item, Item{{"pk", text("k")}}}) {
    const auto after = update->apply(before);
    if (!after.ok()) continue;
    CHECK(decode_item(encode_item(*after)).value() == *after);
    CHECK(dynamodb_size(update->touched(*after)) <= dynamodb_size(*after));
    CHECK(dynamodb_size(update->touched(before)) <= dynamodb_size(before));
  }
}

void fuzz_projection(std::string_view expression, const Item& item) {
  Placeholders placeholders = make_placeholders();
  const auto projection = Projection::parse(expression, placeholders);
  if (projection.ok()) CHECK(dynamodb_size(projection->apply(item)) <= dynamodb_size(item));
}

void fuzz_key_condition(std::string_view expression, ScalarType sort) {
  const KeySchema schema{.partition = {"pk", ScalarType::kString}, .sort = KeyAttribute{"a", sort}};
  Placeholders placeholders = make_placeholders();
  const auto key = expressions::parse_key_condition(expression, placeholders, key_attributes_of(schema));
  if (!key.ok()) return;
  CHECK(!key->partition.empty());
  CHECK(!key->sort_lower || !key->sort_upper || *key->sort_lower <= *key->sort_upper);
}

}  // namespace

void fuzz(std::string_view bytes) {
  static const Item item = make_item();
  fuzz_condition(bytes, item);
  fuzz_update(bytes, item);
  fuzz_projection(bytes, item);
  for (const ScalarType sort : {ScalarType::kString, ScalarType::kNumber, ScalarType::kBinary}) {
    fuzz_key_condition(bytes, sort);
  }
}

}  // namespace gyre
