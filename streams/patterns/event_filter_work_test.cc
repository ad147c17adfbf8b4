// SPDX-License-Identifier: Apache-2.0
// Whatever a pattern and a record are, what is done for them is counted, and stops when it is used up.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.h"
#include "streams/patterns/event_filter.h"
#include "streams/patterns/record_fixture_test.h"

namespace gyre::streams {
namespace {

std::string new_image_of(const std::string& fields) {
  return R"({"dynamodb":{"NewImage":{)" + fields + "}}}";
}

EventFilter filter_of(const std::string& pattern) {
  const std::vector<std::string> patterns = {pattern};
  return EventFilter::compile(patterns).value();
}

// Of one match that no bound ends.
std::uint64_t units_of(const std::string& pattern, const storage::ChangeRecord& record) {
  Work work;
  EXPECT_TRUE(filter_of(pattern).matches(record, example_view(), work).ok());
  return work.units();
}

std::vector<std::string> numbered(int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) texts.push_back(std::to_string(i));
  return texts;
}

TEST(EventFilterWork, TextIsCountedByTheBytesThatAreCompared) {
  const std::size_t bytes = 3000;
  const std::string text(bytes, 'x');
  const auto record = record_of({{"t", AttributeValue::string(text + "y")}});
  for (const std::string name : {"prefix", "suffix", "anything-but", "equals-ignore-case"}) {
    const auto pattern = [&](const std::string& operand) {
      return new_image_of(R"("t":{"S":[{")" + name + R"(":")" + operand + R"("}]})");
    };
    EXPECT_GE(units_of(pattern(text), record), units_of(pattern("x"), record) + bytes - 1) << name;
  }
  const std::string equal = new_image_of(R"("t":{"S":[")" + text + R"("]})");
  EXPECT_GE(units_of(equal, record), units_of(new_image_of(R"("t":{"S":["x"]})"), record) + bytes - 1);
}

TEST(EventFilterWork, EachOperandIsCounted) {
  std::string operands;
  for (const std::string& text : numbered(300)) operands += (operands.empty() ? "\"" : ",\"") + text + '"';
  const auto record = record_of({{"t", AttributeValue::string("none")}});
  EXPECT_GE(units_of(new_image_of(R"("t":{"S":[{"anything-but":[)" + operands + "]}]}"), record),
            300 * limits::kExpressionPartUnits);
}

TEST(EventFilterWork, FieldsThatMayBeAbsentAreCounted) {
  std::string fields;
  for (const std::string& name : numbered(100)) {
    fields += (fields.empty() ? "\"" : ",\"") + name + R"(":{"S":[{"exists":false}]})";
  }
  const auto record = record_of({{"t", AttributeValue::string("x")}});
  const std::uint64_t one = units_of(new_image_of(R"("0":{"S":[{"exists":false}]})"), record);
  EXPECT_GE(units_of(new_image_of(fields), record), one + 99);
}

TEST(EventFilterWork, AttributesThatLeadNowhereAndPartsOfNamesAreCounted) {
  Item many;
  for (const std::string& name : numbered(1000)) many.set(name, AttributeValue::null());
  const std::string elsewhere = new_image_of(R"("t":{"S":["x"]})");
  EXPECT_GE(units_of(elsewhere, record_of(many)), 1000 * limits::kExpressionPartUnits);

  std::string name = "a";
  for (int parts = 1; parts < 500; ++parts) name += ".a";
  const auto record = record_of({{name, AttributeValue::null()}});
  EXPECT_GE(units_of(new_image_of('"' + name + R"(":{"S":["x"]})"), record),
            500 * limits::kExpressionPartUnits);
}

// Each value is cheap to look at, but not with so many tests.
TEST(EventFilterWork, StopsSoonAfterItIsUsedUp) {
  std::string alternatives = R"("x")";
  for (const std::string& text : numbered(400)) alternatives += R"(,"x)" + text + '"';
  AttributeValue::List list;
  for (int i = 0; i < 20'000; ++i) list.push_back(AttributeValue::string("y"));
  std::vector<Number> numbers;
  for (int i = 0; i < 20'000; ++i) numbers.push_back(Number::from_int(i));
  Item item;
  item.set("l", AttributeValue::list(std::move(list)));
  item.set("n", AttributeValue::number_set(std::move(numbers)).value());
  item.set("s", AttributeValue::string_set(numbered(20'000)).value());
  const auto record = record_of(item);
  constexpr std::uint64_t kUnits = 5'000'000;  // more than reading the record takes
  for (const std::string field : {R"("l":{"L":{"S":[)", R"("n":{"NS":[)", R"("s":{"SS":[)"}) {
    const std::string pattern = new_image_of(field + alternatives + (field[1] == 'l' ? "]}}" : "]}"));
    Work work(kUnits);
    EXPECT_EQ(filter_of(pattern).matches(record, example_view(), work).error().code, ErrorCode::kIncomplete);
    EXPECT_LT(work.units(), kUnits + 100'000) << field;
  }
}

}  // namespace
}  // namespace gyre::streams
