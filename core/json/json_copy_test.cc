// SPDX-License-Identifier: Apache-2.0
#include "core/json/json_copy.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace gyre::json
