// SPDX-License-Identifier: Apache-2.0
#include "core/json/json_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "core/base/random.h"
#include "core/json/json_reader.h"

namespace gyre::json {
namespace {

TEST(JsonWriter, PutsCommasAndBrackets) {
  std::string out;
  Writer writer(out);
  writer.begin_object()
      .member("a", "b")
      .key("l")
      .begin_array()
      .integer(-1)
      .unsigned_integer(~0ULL)
      .boolean(true)
      .null();
  writer.begin_object().end_object().begin_array().end_array().end_array();
  writer.key("r").raw("{\"x\":1}").key("p").plain_string("AAAA").key("b").base64_string("hi");
  writer.key("s").begin_object("S").string("x").end_object().end_object();
  EXPECT_EQ(
      out,
      R"({"a":"b","l":[-1,18446744073709551615,true,null,{},[]],"r":{"x":1},"p":"AAAA","b":"aGk=","s":{"S":"x"}})");
}

TEST(JsonWriter, EscapesWhatJsonDemandsWhereverItStands) {
  Parser parser;
  for (std::size_t length = 0; length < 36; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (int c = 0; c < 0x80; ++c) {
        std::string text(length, 'x');
        text[at] = static_cast<char>(c);
        std::string out;
        Writer(out).string(text);
        ASSERT_EQ(parser.parse(out)->as_string(), text);
      }
    }
  }
  std::string out;
  Writer(out).string("\"\\\n\x01 é😀/");
  EXPECT_EQ(out, "\"\\\"\\\\\\n\\u0001 é😀/\"");
}

TEST(JsonWriter, DoublesReadBackUnchanged) {
  SeededRandom random(7);
  Parser parser;
  const auto round_trip = [&](double value) {
    std::string out;
    Writer(out).number(value);
    return parser.parse(out)->as_double();
  };
  for (const double value : {0.0, 0.1, 1.0, -1e-300, 1e300, 5e-324, std::numeric_limits<double>::max()}) {
    EXPECT_EQ(round_trip(value), value);
  }
  for (int i = 0; i < 1000; ++i) {
    const double value = static_cast<double>(random.next()) / static_cast<double>(random.next() | 1);
    EXPECT_EQ(round_trip(value), value);
  }
  std::string out;
  Writer(out).number(0.1);
  EXPECT_EQ(out, "0.1");
}

TEST(JsonWriterDeathTest, UnbalancedUseEndsTheProcess) {
  std::string out;
  EXPECT_DEATH(Writer(out).begin_object().end_array(), "is_object");
  EXPECT_DEATH(Writer(out).begin_object().integer(1), "after_key_");
  EXPECT_DEATH(Writer(out).key("a"), "is_object");
  EXPECT_DEATH(Writer(out).integer(1).integer(2), "depth_ > 0");
}

}  // namespace
}  // namespace gyre::json
