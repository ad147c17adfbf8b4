// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <gtest/gtest.h>

namespace gyre::cli {
namespace {

TEST(Output, ARepliesMembersAreInSnakeCaseAndItemsAreLeftAlone) {
  json::Parser parser;
  const auto value = parser.parse(
      R"({"TableName":"t","Keys":{"PartKey":{"S":"1"}},"Winner":{"VersionClock":"7","Image":{"TheName":{"N":"1"}}},)"
      R"("Tables":[{"LagMs":3,"Loss":0.5,"State":null}]})");
  ASSERT_TRUE(value.ok());
  std::string text;
  json::Writer writer(text);
  copy_reply(writer, *value);
  EXPECT_EQ(text, R"({"table_name":"t","keys":{"PartKey":{"S":"1"}},)"
                  R"("winner":{"version_clock":"7","image":{"TheName":{"N":"1"}}},)"
                  R"("tables":[{"lag_ms":3,"loss":0.5,"state":null}]})");
}

}  // namespace
}  // namespace gyre::cli
