// SPDX-License-Identifier: Apache-2.0
#include "core/json/json_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/json/number_text.h"

namespace gyre::json {
namespace {

// Visits every value, so that a sanitizer sees every read.
std::size_t count_values(const Value& value) {
  std::size_t count = 1;
  if (value.is_array()) {
    EXPECT_TRUE(value
                    .for_each_element([&](const Value& element) -> Status {
                      count += count_values(element);
                      return {};
                    })
                    .ok());
  } else if (value.is_object()) {
    EXPECT_TRUE(value
                    .for_each_member([&](std::string_view name, const Value& member) -> Status {
                      count += name.size() * 0 + count_values(member);
                      return {};
                    })
                    .ok());
  } else if (value.kind() == Kind::kNumber) {
    (void)value.as_int();
    (void)value.as_double();
  }
  return count;
}

TEST(JsonReader, ReadsEveryKindOfValue) {
  Parser parser;
  const Value root =
      parser.parse(R"({"s":"té\n","i":-7,"d":1.5,"e":2e3,"t":true,"n":null,"a":[1,[],{}],"o":{}})").value();
  ASSERT_TRUE(root.is_object());
  EXPECT_EQ(root.size(), 8u);
  EXPECT_EQ(root.find("s")->as_string(), "té\n");
  EXPECT_EQ(root.find("i")->as_int(), -7);
  EXPECT_EQ(root.find("d")->as_int(), std::nullopt);
  EXPECT_EQ(root.find("d")->as_double(), 1.5);
  EXPECT_EQ(root.find("e")->as_int(), 2000);
  EXPECT_TRUE(root.find("t")->as_bool());
  EXPECT_FALSE(root.find("n").has_value());
  EXPECT_FALSE(root.find("absent").has_value());
  EXPECT_EQ(root.find("a")->size(), 3u);
  EXPECT_TRUE(root.find("o")->is_object());
}

TEST(JsonReader, VisitsMembersInTheOrderOfTheText) {
  Parser parser;
  const Value root = parser.parse(R"({"b":1,"a":2,"c":3})").value();
  std::string order;
  ASSERT_TRUE(root.for_each_member([&](std::string_view name, const Value& value) -> Status {
                    order.append(name).append(std::to_string(*value.as_int()));
                    return {};
                  })
                  .ok());
  EXPECT_EQ(order, "b1a2c3");
}

TEST(JsonReader, AVisitorsErrorEndsTheWalk) {
  Parser parser;
  const Value root = parser.parse("[1,2,3]").value();
  int seen = 0;
  const Status status = root.for_each_element([&](const Value&) -> Status {
    if (++seen == 2) return Error::validation("enough");
    return {};
  });
  EXPECT_EQ(status.error().message, "enough");
  EXPECT_EQ(seen, 2);
}

TEST(JsonReader, RefusesMalformedTextWithoutAMessage) {
  Parser parser;
  for (const std::string_view text :
       {"",        " ",           "{",           "}",        "{]",           "[1,]",           "{\"a\":1,}",
        "{\"a\"}", "{a:1}",       "tru",         "1 2",      "\"\\x\"",      "\"\n\"",         "01",
        "+1",      "\"\\ud800\"", "\"\\udc00\"", "\"\xff\"", "\"\xc0\x80\"", "\xef\xbb\xbf{}", "'a'",
        "NaN",     "{} x"}) {
    const auto result = parser.parse(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().code, ErrorCode::kSerialization) << text;
    EXPECT_EQ(result.error().message, "");
  }
  EXPECT_TRUE(parser.parse("{}").ok());  // and is as good as new
}

TEST(JsonReader, RefusesANameThatOccursTwiceInOneObject) {
  Parser parser;
  EXPECT_FALSE(parser.parse(R"({"a":1,"a":2})").ok());
  EXPECT_FALSE(parser.parse(R"({"a":1,"\u0061":2})").ok());
  EXPECT_FALSE(parser.parse(R"([{"x":[{"a":1,"b":1,"a":null}]}])").ok());
  EXPECT_TRUE(parser.parse(R"({"a":{"a":1},"b":{"a":1}})").ok());

  std::string many = "{";
  for (int i = 0; i < 1000; ++i) many += "\"n" + std::to_string(i) + "\":0,";
  EXPECT_TRUE(parser.parse(many + "\"last\":0}").ok());
  EXPECT_FALSE(parser.parse(many + "\"n0\":0}").ok());
}

TEST(JsonReader, BoundsDepth) {
  Parser parser;
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parser.parse(nested(limits::kJsonDepthMax - 2)).ok());
  EXPECT_FALSE(parser.parse(nested(limits::kJsonDepthMax + 1)).ok());
  EXPECT_FALSE(parser.parse(nested(1'000'000)).ok());
}

TEST(JsonReader, ReadsGiantAndThenSmallTexts) {
  Parser parser;
  const std::string giant = "\"" + std::string(5'000'000, 'x') + "\"";
  EXPECT_EQ(parser.parse(giant)->as_string().size(), 5'000'000u);
  EXPECT_EQ(parser.parse("[1]")->size(), 1u);
  EXPECT_EQ(parser.parse(std::string(limits::kHttpBodyBytesMax + 1, ' ')).error().code,
            ErrorCode::kRequestTooLarge);
}

TEST(JsonReader, SurvivesRandomAndDamagedText) {
  SeededRandom random(20260901);
  Parser parser;
  const std::string sample =
      R"({"TableName":"t","Item":{"a":{"S":"x\u00e9\\"},"b":{"L":[{"N":"1"},{"BOOL":true}]}},"n":[1,-2.5e7,null]})";
  std::size_t parsed = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    if (round % 2 == 0) {
      text.resize(random.below(64));
      for (char& c : text) c = static_cast<char>(random.next());
    } else {
      text = sample;
      for (std::uint64_t i = random.below(4); i < 4; ++i) {
        text[random.below(text.size())] = static_cast<char>(random.next());
      }
      if (random.below(4) == 0) text.resize(random.below(text.size()));
    }
    const auto result = parser.parse(text);
    if (result.ok()) parsed += count_values(*result) > 0;
  }
  EXPECT_GT(parsed, 0u);
}

TEST(NumberText, TellsIntegersFromOtherSpellings) {
  Parser parser;
  const auto check = [&](const char* text, bool integer, const char* digits) {
    const Value value = parser.parse(std::string("[") + text + "]").value();
    const Value number = ElementCursor(value).value();
    EXPECT_EQ(written_as_integer(number), integer) << text;
    EXPECT_EQ(number_text(number), digits) << text;
  };
  check("300", true, "300");
  check("300.0", false, "300");
  check("3e2", false, "300");
  check("-7", true, "-7");
  check("18446744073709551615", true, "18446744073709551615");
  check("0.1", false, "0.1");
  check("1e300", false, "1e+300");
}

}  // namespace
}  // namespace gyre::json
