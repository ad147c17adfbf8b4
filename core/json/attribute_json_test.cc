// SPDX-License-Identifier: Apache-2.0
#include "core/json/attribute_json.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/json/typed_read.h"
#include "core/model/item_codec.h"

namespace gyre::json {
namespace {

Result<AttributeValue> read(std::string_view text) {
  Parser parser;
  return read_attribute(parser.parse(text).value());
}

std::string written(const AttributeMap& attributes) {
  std::string out;
  Writer writer(out);
  write_attribute_map(writer, attributes);
  return out;
}

std::string wrapped_in_lists(int wraps) {
  std::string text;
  for (int i = 0; i < wraps; ++i) text += R"({"L":[)";
  text += R"({"N":"1"})";
  for (int i = 0; i < wraps; ++i) text += "]}";
  return text;
}

constexpr std::string_view kEveryType =
    R"({"b":{"B":"AAEC/w=="},"bool":{"BOOL":false},"bs":{"BS":["","AQ=="]},"empty":{"S":""},)"
    R"("l":{"L":[{"S":"a\"\n"},{"L":[]},{"M":{}}]},"m":{"M":{"x":{"M":{"y":{"N":"-0.5"}}}}},"n":{"N":"1000"},)"
    R"("ns":{"NS":["-1","2.5"]},"null":{"NULL":true},"ss":{"SS":["a","b"]}})";

TEST(AttributeJson, EveryTypeReadsAndWritesBackTheSame) {
  Parser parser;
  const AttributeMap item = read_attribute_map(parser.parse(kEveryType).value()).value();
  EXPECT_EQ(item.size(), 10u);
  EXPECT_EQ(item.find("b")->as_binary(), std::string("\x00\x01\x02\xff", 4));
  EXPECT_EQ(written(item), kEveryType);
}

TEST(AttributeJson, TheEncodedItemWritesTheSameJsonAsTheItem) {
  Parser parser;
  const AttributeMap item = read_attribute_map(parser.parse(kEveryType).value()).value();
  std::string out;
  Writer writer(out);
  ASSERT_TRUE(write_encoded_item(writer, encode_item(item)).ok());
  EXPECT_EQ(out, kEveryType);
}

TEST(AttributeJson, WritingIsCountedByBytesAndValuesAndStopsAtItsBound) {
  constexpr std::size_t kValues = 10'000;
  const std::string bytes =
      encode_item({{"l", AttributeValue::list(AttributeValue::List(kValues, AttributeValue::null()))},
                   {"s", AttributeValue::string(std::string(50'000, 'a'))}});
  const std::uint64_t least = kValues * limits::kWrittenValueUnits + bytes.size() * limits::kWrittenByteUnits;
  const auto write = [&](Work& work) {
    std::string out;
    Writer writer(out);
    return write_encoded_item(writer, bytes, work);
  };
  Work unbounded;
  EXPECT_TRUE(write(unbounded).ok());
  EXPECT_GE(unbounded.units(), least);
  EXPECT_LE(unbounded.units(), least + 1000);
  Work bounded(least / 2);
  const Status stopped = write(bounded);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::kIncomplete);
  EXPECT_LE(bounded.units(), least / 2 + 1000) << "it went on after its bound";
}

TEST(AttributeJson, DamagedEncodingsAreCorruptionNeverACrash) {
  SeededRandom random(11);
  Parser parser;
  const std::string bytes = encode_item(read_attribute_map(parser.parse(kEveryType).value()).value());
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = bytes;
    if (round % 3 == 0) damaged.resize(random.below(damaged.size()));
    for (int i = 0; i < 2 && !damaged.empty(); ++i)
      damaged[random.below(damaged.size())] = static_cast<char>(random.next());
    std::string out;
    Writer writer(out);
    const Status status = write_encoded_item(writer, damaged);
    EXPECT_EQ(status.ok(), decode_item(damaged).ok());
    if (status.ok()) continue;
    EXPECT_EQ(status.error().code, ErrorCode::kCorruption);
  }
}

TEST(AttributeJson, NamesInAnyOrderMakeOneMap) {
  Parser parser;
  const auto map =
      read_attribute_map(parser.parse(R"({"c":{"N":"3"},"a":{"N":"1"},"b":{"N":"2"}})").value()).value();
  EXPECT_EQ(written(map), R"({"a":{"N":"1"},"b":{"N":"2"},"c":{"N":"3"}})");
}

TEST(AttributeJson, NumbersAreNormalised) {
  EXPECT_EQ(read(R"({"N":"+001.50e1"})")->as_number().to_string(), "15");
}

TEST(AttributeJson, WrongJsonTypesAnswerInTheWordsOfAws) {
  struct Case {
    std::string_view text;
    std::string_view message;
  };
  const std::vector<Case> cases = {
      {R"({"S":1})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"S":1.5})", "DECIMAL_VALUE cannot be converted to String"},
      {R"({"S":true})", "TRUE_VALUE cannot be converted to String"},
      {R"({"S":[]})", "Unrecognized collection type class java.lang.String"},
      {R"({"S":{}})", "Start of structure or map found where not expected"},
      {R"({"N":1})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"B":1})", "only base-64-encoded strings are convertible to bytes"},
      {R"({"B":"23456"})", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
      {R"({"B":"a!aa"})", "Invalid Base64 character: '!'"},
      {R"({"B":"+/+="})", "Invalid last non-pad Base64 character dectected"},
      {R"({"BOOL":"x"})", "Unexpected token received from parser"},
      {R"({"BOOL":0})", "NUMBER_VALUE cannot be converted to Boolean"},
      {R"({"SS":"x"})", "Unexpected field type"},
      {R"({"SS":{}})", "Start of structure or map found where not expected"},
      {R"({"NS":[1]})", "NUMBER_VALUE cannot be converted to String"},
      {R"({"L":["x"]})", "Unexpected value type in payload"},
      {R"({"M":1})", "Unexpected field type"},
      {R"({"M":[]})",
       "Unrecognized collection type java.util.Map<java.lang.String, "
       "com.amazonaws.dynamodb.v20120810.AttributeValue>"},
      {R"([])", "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"},
  };
  for (const Case& c : cases) {
    const auto result = read(c.text);
    ASSERT_FALSE(result.ok()) << c.text;
    EXPECT_EQ(result.error().code, ErrorCode::kSerialization) << c.text;
    EXPECT_EQ(result.error().message, c.message) << c.text;
  }
}

TEST(AttributeJson, ValuesThatAreNoValueAreRefused) {
  constexpr std::string_view kEmpty =
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
  constexpr std::string_view kSeveral =
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
      "datatypes";
  struct Case {
    std::string_view text;
    std::string_view message;
  };
  const std::vector<Case> cases = {
      {"{}", kEmpty},
      {R"({"X":"a"})", kEmpty},
      {R"({"S":null})", kEmpty},
      {R"({"L":[null]})", kEmpty},
      {R"({"S":"a","N":"1"})", kSeveral},
      {R"({"NULL":false})",
       "One or more parameter values were invalid: Null attribute value types must have the value of true"},
  };
  for (const Case& c : cases) {
    const auto result = read(c.text);
    ASSERT_FALSE(result.ok()) << c.text;
    EXPECT_EQ(result.error().code, ErrorCode::kValidation) << c.text;
    EXPECT_EQ(result.error().message, c.message) << c.text;
  }
  for (const std::string_view text :
       {R"({"N":"x"})", R"({"SS":[]})", R"({"SS":["a","a"]})", R"({"NS":["1","1.0"]})"}) {
    EXPECT_EQ(read(text).error().code, ErrorCode::kValidation) << text;
  }
}

TEST(AttributeJson, NestingPassesAt31WrapsAndFailsAt32) {
  EXPECT_TRUE(read(wrapped_in_lists(31)).ok());
  const auto deeper = read(wrapped_in_lists(32));
  ASSERT_FALSE(deeper.ok());
  EXPECT_EQ(deeper.error().code, ErrorCode::kValidation);
  EXPECT_TRUE(deeper.error().message.starts_with("Nesting Levels have exceeded supported limits"));
}

TEST(AttributeJson, AMapOfVeryManyNamesTakesNoQuadraticTime) {
  std::string text = "{";
  for (int i = 200'000; i > 0; --i) text += "\"" + std::to_string(i) + "\":{\"N\":\"1\"},";
  text += "\"x\":{\"N\":\"1\"}}";
  Parser parser;
  EXPECT_EQ(read_attribute_map(parser.parse(text).value())->size(), 200'001u);
}

TEST(TypedRead, IntegersLoseTheirFractionAndStringsAreRefused) {
  Parser parser;
  EXPECT_EQ(read_integer(parser.parse("7").value(), "Integer").value(), 7);
  EXPECT_EQ(read_integer(parser.parse("7.9").value(), "Integer").value(), 7);
  EXPECT_EQ(read_integer(parser.parse("1e99").value(), "Long").value(), INT64_MAX);
  EXPECT_EQ(read_integer(parser.parse("\"7\"").value(), "Integer").error().message,
            "STRING_VALUE cannot be converted to Integer");
  EXPECT_EQ(read_integer(parser.parse("true").value(), "Long").error().message,
            "TRUE_VALUE cannot be converted to Long");
  EXPECT_EQ(read_integer(parser.parse("[]").value(), "Long").error().message,
            "Unrecognized collection type class java.lang.Long");
}

}  // namespace
}  // namespace gyre::json
