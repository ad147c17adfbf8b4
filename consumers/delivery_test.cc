// SPDX-License-Identifier: Apache-2.0
#include "consumers/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gyre::consumers {
namespace {

using Next = Verdict::Next;

Delivery of_sequences(std::initializer_list<std::uint64_t> sequences) {
  Delivery delivery;
  for (const std::uint64_t sequence : sequences) {
    delivery.records.emplace_back().sequence = SequenceNumber(sequence);
  }
  return delivery;
}

RecordFailure failed(std::uint64_t sequence, FailureClass failure) {
  return {SequenceNumber(sequence), failure, "because"};
}

TEST(Judge, AcceptsThroughTheNamedRecord) {
  const auto verdict = judge(of_sequences({10, 20, 30}), {.accepted_through = SequenceNumber(20)});
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(verdict->accepted, 2u);
  EXPECT_EQ(verdict->next, Next::kGoOn);
}

TEST(Judge, RetryKeepsWhatCameBeforeIt) {
  const auto verdict = judge(of_sequences({10, 20, 30}), {.accepted_through = SequenceNumber(10),
                                                          .failures = {failed(20, FailureClass::kRetry)}});
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(verdict->accepted, 1u);
  EXPECT_EQ(verdict->next, Next::kRetry);
  EXPECT_EQ(verdict->message, "because");
}

TEST(Judge, RejectedRecordsCountAsAccepted) {
  const auto verdict =
      judge(of_sequences({10, 20, 30, 40}),
            {.accepted_through = SequenceNumber(20),
             .failures = {failed(10, FailureClass::kReject), failed(30, FailureClass::kReject),
                          failed(40, FailureClass::kFatal)}});
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(verdict->accepted, 3u);
  EXPECT_EQ(verdict->rejected.size(), 2u);
  EXPECT_EQ(verdict->next, Next::kStop);
}

TEST(Judge, ARejectedRecordBehindUnprocessedOnesMustBeGivenAgain) {
  const auto verdict = judge(of_sequences({10, 20, 30}), {.accepted_through = SequenceNumber(10),
                                                          .failures = {failed(30, FailureClass::kReject)}});
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(verdict->accepted, 1u);
  EXPECT_THAT(verdict->rejected, testing::IsEmpty());
}

TEST(Judge, AFailedCallAcceptsNothing) {
  const auto verdict =
      judge(of_sequences({10}), {.accepted_through = SequenceNumber(10), .call_failed = true});
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(verdict->accepted, 0u);
  EXPECT_EQ(verdict->next, Next::kRetry);
}

TEST(Judge, RefusesWhatBreaksTheContract) {
  EXPECT_FALSE(judge(of_sequences({10}), {}).ok()) << "neither progress nor a failure";
  EXPECT_FALSE(judge(of_sequences({10}), {.accepted_through = SequenceNumber(11)}).ok());
  EXPECT_FALSE(judge(of_sequences({10}), {.failures = {failed(9, FailureClass::kRetry)}}).ok());
  EXPECT_FALSE(judge(of_sequences({10, 20}),
                     {.accepted_through = SequenceNumber(20), .failures = {failed(10, FailureClass::kRetry)}})
                   .ok());
}

TEST(Judge, AShardEndNeedsNoProgress) {
  const Delivery end{.shard_end = true};
  EXPECT_EQ(judge(end, {})->next, Next::kGoOn);
  EXPECT_EQ(judge(end, {.call_failed = true})->next, Next::kRetry);
  EXPECT_EQ(judge(end, {.failures = {failed(0, FailureClass::kFatal)}})->next, Next::kStop);
}

}  // namespace
}  // namespace gyre::consumers
