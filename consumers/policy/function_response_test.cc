// SPDX-License-Identifier: Apache-2.0
#include "consumers/policy/function_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gyre::consumers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(FunctionResponse, NothingFailedUnlessTheAnswerSaysSo) {
  for (const char* text : {"", "  \n", "null", "{}", R"({"batchItemFailures":null})",
                           R"({"batchItemFailures":[]})", R"({"other":[{"itemIdentifier":"1"}]})"}) {
    const FunctionResponse response = read_function_response(text);
    ASSERT_TRUE(response.failures) << text;
    EXPECT_THAT(*response.failures, IsEmpty()) << text;
  }
}

TEST(FunctionResponse, AllFailedIfTheAnswerIsNonsense) {
  for (const char* text :
       {"{", R"("done")", "1", "true", "[]", R"({"batchItemFailures":"1"})", R"({"batchItemFailures":{}})",
        R"({"batchItemFailures":[null]})", R"({"batchItemFailures":["1"]})", R"({"batchItemFailures":[{}]})",
        R"({"batchItemFailures":[{"itemIdentifier":null}]})",
        R"({"batchItemFailures":[{"itemIdentifier":""}]})", R"({"batchItemFailures":[{"itemIdentifier":1}]})",
        R"({"batchItemFailures":[{"itemIdentifier":"x"}]})",
        R"({"batchItemFailures":[{"itemIdentifier":"-1"}]})",
        R"({"batchItemFailures":[{"itemIdentifier":"1 "}]})",
        R"({"batchItemFailures":[{"itemIdentifier":"99999999999999999999999"}]})",
        R"({"batchItemFailures":[{"ItemIdentifier":"1"}]})",
        R"({"batchItemFailures":[{"itemIdentifier":"1"},{"id":"2"}]})"}) {
    EXPECT_FALSE(read_function_response(text).failures) << text;
  }
}

TEST(FunctionResponse, NamesRecordsByTheirSequenceNumbers) {
  const FunctionResponse response = read_function_response(
      R"({"batchItemFailures":[{"itemIdentifier":"000000000000000000400"},{"itemIdentifier":"7"}]})");
  EXPECT_THAT(*response.failures, ElementsAre(SequenceNumber(400), SequenceNumber(7)));
  EXPECT_FALSE(response.state);
}

TEST(FunctionResponse, HasTheStateOfAWindow) {
  EXPECT_EQ(read_function_response(R"({"state": {"sum": 3}})").state, R"({"sum":3})");
  EXPECT_EQ(read_function_response(R"({"state":null})").state, std::nullopt);
}

}  // namespace
}  // namespace gyre::consumers
