// SPDX-License-Identifier: Apache-2.0
#include "core/json/json_copy.h"

#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace gyre::json {
namespace {

std::string copied(std::string_view text, CopyOptions options = {}) {
  Parser parser;
  std::string out;
  Writer writer(out);
  copy(writer, parser.parse(text).value(), options);
  return out;
}

TEST(JsonCopy, KeepsEveryKindOfValueAndTheOrder) {
  const std::string_view text = R"({"z":[null,true,-3,2.5,"a\"b"],"a":{"y":{},"b":[]}})";
  EXPECT_EQ(copied(text), text);
  EXPECT_EQ(copied("{ \"b\" : 9007199254740993 }"), R"({"b":9007199254740993})");
}

TEST(JsonCopy, SortsMembersAtEveryLevel) {
  EXPECT_EQ(copied(R"({"z":1,"a":[{"y":1,"b":null}]})", {.sort_members = true}),
            R"({"a":[{"b":null,"y":1}],"z":1})");
}

TEST(JsonCopy, LeavesOutNullMembersButNoNullElements) {
  EXPECT_EQ(copied(R"({"z":null,"a":[null,{"y":null}]})", {.leave_out_null_members = true}),
            R"({"a":[null,{}]})");
}

// What the parser takes can be written, inside of another text too; and one level more is no request.
TEST(JsonCopy, WritesTheDeepestTextThatTheParserTakes) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  const std::string deepest = nested(limits::kJsonDepthMax);
  EXPECT_EQ(copied(deepest), deepest);
  Parser parser;
  std::string out;
  Writer writer(out);
  writer.begin_object().key("a");
  copy(writer, parser.parse(deepest).value());
  writer.end_object();
  EXPECT_EQ(out, R"({"a":)" + deepest + "}");

  const Result<Value> deeper = parser.parse(nested(limits::kJsonDepthMax + 1));
  ASSERT_FALSE(deeper.ok());
  EXPECT_EQ(deeper.error().code, ErrorCode::kSerialization);
}

}  // namespace
}  // namespace gyre::json
