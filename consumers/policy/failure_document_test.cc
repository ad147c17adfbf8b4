// SPDX-License-Identifier: Apache-2.0
#include "consumers/policy/failure_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gyre::consumers {
namespace {

FailureContext context() {
  return {.request_id = "R",
          .function_arn = "arn:f",
          .stream_arn = "arn:s",
          .shard_id = "shardId-1",
          .first_sequence = "000000000000000000001",
          .last_sequence = "000000000000000000003"};
}

TEST(FailureDocument, IsAsAwsWritesIt) {
  const DeadLetter letter{.reason = GivenUp::kRetriesExhausted,
                          .records = {SequenceNumber(1), SequenceNumber(3)},
                          .first_created_ms = 1'573'690'399'999,
                          .last_created_ms = 1'573'690'400'000,
                          .invocations = 2,
                          .error = "broken"};
  EXPECT_EQ(
      failure_document(letter, context(), 1'573'690'429'717),
      R"({"requestContext":{"requestId":"R","functionArn":"arn:f","condition":"RetryAttemptsExhausted",)"
      R"("approximateInvokeCount":2},"responseContext":{"statusCode":200,"executedVersion":"$LATEST",)"
      R"("functionError":"Unhandled"},"version":"1.0","timestamp":"2019-11-14T00:13:49.717Z",)"
      R"("DDBStreamBatchInfo":{"shardId":"shardId-1","startSequenceNumber":"000000000000000000001",)"
      R"("endSequenceNumber":"000000000000000000003","approximateArrivalOfFirstRecord":)"
      R"("2019-11-14T00:13:19Z","approximateArrivalOfLastRecord":"2019-11-14T00:13:20Z","batchSize":2,)"
      R"("streamArn":"arn:s"}})");
}

TEST(FailureDocument, OfRecordsThatWereNeverTriedHasNoResponse) {
  const std::string text = failure_document(
      {.reason = GivenUp::kRecordAgeExpired, .records = {SequenceNumber(1)}}, context(), 1'573'690'429'717);
  EXPECT_THAT(text, ::testing::HasSubstr(R"("condition":"RecordAgeExpired","approximateInvokeCount":0)"));
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("responseContext")));
}

}  // namespace
}  // namespace gyre::consumers
