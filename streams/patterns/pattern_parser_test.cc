// SPDX-License-Identifier: Apache-2.0
#include "streams/patterns/pattern_parser.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace gyre::streams {
namespace {

bool parses(const std::string& text, PatternMode mode = PatternMode::kAws) {
  const auto parsed = parse_pattern(text, mode);
  EXPECT_TRUE(parsed.ok() || parsed.error().code == ErrorCode::kValidation) << text;
  return parsed.ok();
}

// The one array of a pattern.
std::string of(const std::string& test) {
  return R"({"a":[)" + test + "]}";
}

TEST(PatternParser, RefusesWhatAwsRefuses) {
  for (const char* wrong : {"",
                            "x",
                            "null",
                            "[]",
                            R"("single-string")",
                            R"([{"eventName": ["INSERT"=123}])",
                            "{}",
                            R"({"a":{}})",
                            R"({"a":[]})",
                            R"({"a":"b"})",
                            R"({"a":1})",
                            R"({"a":null})",
                            R"({"a":[[1]]})",
                            R"({"a":[1],"a":[2]})",
                            R"({"a":[1]} x)",
                            R"({"$or":[{"a":[1]}]})",
                            R"({"$or":[{"a":[1]},{}]})",
                            R"({"$or":[{"a":[1]},1]})",
                            R"({"a":[1],"$or":[{"a":[2]},{"b":[1]}]})",
                            R"({"a":{"b":[1]},"a.b":[2]})"}) {
    EXPECT_FALSE(parses(wrong)) << wrong;
  }
  for (const char* wrong :
       {R"({})", R"({"prefix":"a","suffix":"b"})", R"({"prefix":1})", R"({"prefix":{"suffix":"a"}})",
        R"({"prefix":{"equals-ignore-case":1}})", R"({"suffix":["a"]})", R"({"equals-ignore-case":["a"]})",
        R"({"exists":"true"})", R"({"exists":null})", R"({"anything-but":[]})", R"({"anything-but":["a",1]})",
        R"({"anything-but":true})", R"({"anything-but":null})", R"({"anything-but":[["a"]]})",
        // Of event buses alone.
        R"({"anything-but":{"prefix":"a"}})", R"({"anything-but":{"suffix":"a"}})",
        R"({"anything-but":{"equals-ignore-case":"a"}})", R"({"anything-but":{"wildcard":"a"}})",
        R"({"wildcard":"a*"})", R"({"cidr":"10.0.0.0/24"})", R"({"regex":"a"})",
        // numeric
        R"({"numeric":1})", R"({"numeric":[]})", R"({"numeric":["="]})", R"({"numeric":[1,"="]})",
        R"({"numeric":["=","1"]})", R"({"numeric":["==",1]})", R"({"numeric":["=",1,"<",2]})",
        R"({"numeric":["<",1,">",0]})", R"({"numeric":["<",1,"<",2]})", R"({"numeric":[">",1,">",0]})",
        R"({"numeric":[">",1,"=",2]})", R"({"numeric":[">",2,"<",1]})", R"({"numeric":[">",1,"<",1]})",
        R"({"numeric":[">",1,"<",2,"<",3]})", R"({"numeric":[">",5000000001]})",
        R"({"numeric":[">",-5.1e9]})", R"({"numeric":[">",true]})", R"({"anything-but":6e9})"}) {
    EXPECT_FALSE(parses(of(wrong))) << wrong;
  }
}

TEST(PatternParser, TakesWhatAwsTakes) {
  for (const char* right : {R"("")",
                            "null",
                            "true",
                            "1",
                            "-1.5e3",
                            "12345678901234",
                            "1e300",
                            R"({"prefix":""})",
                            R"({"prefix":{"equals-ignore-case":"a"}})",
                            R"({"suffix":{"equals-ignore-case":"a"}})",
                            R"({"equals-ignore-case":"a"})",
                            R"({"exists":true})",
                            R"({"exists":false})",
                            R"({"anything-but":"a"})",
                            R"({"anything-but":1})",
                            R"({"anything-but":[1,2.5]})",
                            R"({"anything-but":["a","b"]})",
                            R"({"numeric":["=",5e9]})",
                            R"({"numeric":[">=",-5e9]})",
                            R"({"numeric":["<",0.000001]})",
                            R"({"numeric":[">",0,"<=",5]})",
                            R"(1,"a",null,{"prefix":"b"},{"exists":false})"}) {
    EXPECT_TRUE(parses(of(right))) << right;
  }
  EXPECT_TRUE(parses(R"({"a.b":[1],"":[2],"a":{"":[3]}})"));
  EXPECT_TRUE(parses(R"({"$or":["a","b"]})")) << "a field of this name";
  EXPECT_TRUE(parses(R"({"$or":[{"prefix":"a"},{"suffix":"b"}]})")) << "likewise";
  EXPECT_TRUE(parses(R"({"$or":[{"a":[1]},{"a":[2]}]})")) << "one field in several branches";
}

TEST(PatternParser, TypedModeTakesNumbersOfAnySize) {
  EXPECT_TRUE(parses(of(R"({"numeric":[">",5000000001]})"), PatternMode::kTyped));
  EXPECT_TRUE(parses(of(R"({"numeric":["=","1.00000000000000000000000000001"]})"), PatternMode::kTyped));
  EXPECT_FALSE(parses(of(R"({"numeric":["=","one"]})"), PatternMode::kTyped));
  EXPECT_FALSE(parses(of(R"({"numeric":["=",1e300]})"), PatternMode::kTyped));
}

TEST(PatternParser, IsBoundInCharactersAndBranches) {
  const auto padded = [](std::size_t characters, const std::string& character) {
    std::string text = R"({"a":[")";
    for (std::size_t i = 10; i < characters; ++i) text += character;
    return text + R"("]})";
  };
  EXPECT_TRUE(parses(padded(limits::kEventPatternCharactersMax, "a")));
  EXPECT_TRUE(parses(padded(limits::kEventPatternCharactersMax, "ä")));
  EXPECT_FALSE(parses(padded(limits::kEventPatternCharactersMax + 1, "a")));

  std::string nested = "{";
  for (int i = 0; i < 8; ++i) {
    nested += (i > 0 ? ",\"" : "\"") + std::to_string(i) + R"(":{"$or":[{"a":[1]},{"b":[1]}]})";
  }
  EXPECT_EQ(parse_pattern(nested + "}", PatternMode::kAws)->branches.size(), 256U);
  EXPECT_FALSE(parses(nested + R"(,"x":{"$or":[{"a":[1]},{"b":[1]}]}})"));
}

TEST(PatternParser, TakesAsManyFieldsAsFitTheText) {
  std::string text = "{";
  std::size_t fields = 0;
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) {
      const std::string field = std::string(text.size() > 1 ? "," : "") + "\"" + a + b + "\":[1]";
      if (text.size() + field.size() >= limits::kEventPatternCharactersMax) break;
      text += field;
      ++fields;
    }
  }
  EXPECT_EQ(parse_pattern(text + "}", PatternMode::kAws)->tests.size(), fields);
}

}  // namespace
}  // namespace gyre::streams
