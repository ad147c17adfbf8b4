// SPDX-License-Identifier: Apache-2.0
#include "consumers/delivery.h"

#include <algorithm>
#include <map>

#include <fmt/core.h>

namespace gyre::consumers {

namespace {

// The position of a sequence in the delivery.
std::optional<std::size_t> index_of(const Delivery& delivery, SequenceNumber sequence) {
  const auto& records = delivery.records;
  const auto found =
      std::lower_bound(records.begin(), records.end(), sequence,
                       [](const auto& record, SequenceNumber s) { return record.sequence < s; });
  if (found == records.end() || found->sequence != sequence) return std::nullopt;
  return static_cast<std::size_t>(found - records.begin());
}

// Failures by position; of several for one record the last one counts.
Result<std::map<std::size_t, RecordFailure>> failures_by_index(const Delivery& delivery,
                                                               const Outcome& outcome) {
  std::map<std::size_t, RecordFailure> failures;
  for (const RecordFailure& failure : outcome.failures) {
    const std::optional<std::size_t> index = index_of(delivery, failure.sequence);
    if (!index) {
      return Error::validation(
          fmt::format("the consumer failed sequence {}, which it was not given", failure.sequence.value()));
    }
    failures.insert_or_assign(*index, failure);
  }
  return failures;
}

Verdict judge_shard_end(const Outcome& outcome) {
  Verdict verdict;
  for (const RecordFailure& failure : outcome.failures) {
    if (failure.failure == FailureClass::kReject || verdict.next == Verdict::Next::kStop) continue;
    verdict.next = failure.failure == FailureClass::kFatal ? Verdict::Next::kStop : Verdict::Next::kRetry;
    verdict.message = failure.message;
  }
  return verdict;
}

}  // namespace

Result<Verdict> judge(const Delivery& delivery, const Outcome& outcome) {
  if (outcome.call_failed) {
    return Verdict{.next = Verdict::Next::kRetry, .message = "the consumer's call failed"};
  }
  if (delivery.shard_end) return judge_shard_end(outcome);
  if (!outcome.accepted_through && outcome.failures.empty()) {
    return Error::validation("the consumer named neither progress nor a failure");
  }
  ASSIGN_OR_RETURN(const auto failures, failures_by_index(delivery, outcome));

  Verdict verdict;
  if (outcome.accepted_through) {
    const std::optional<std::size_t> last = index_of(delivery, *outcome.accepted_through);
    if (!last) {
      return Error::validation(
          fmt::format("the consumer accepted through sequence {}, which it was not given",
                      outcome.accepted_through->value()));
    }
    verdict.accepted = *last + 1;
  }
  for (const auto& [index, failure] : failures) {
    if (failure.failure == FailureClass::kReject) {
      if (index == verdict.accepted) ++verdict.accepted;
      if (index < verdict.accepted) verdict.rejected.push_back(failure);
      continue;
    }
    if (index < verdict.accepted) {
      return Error::validation(
          fmt::format("the consumer accepted through sequence {}, past the failed sequence {}",
                      delivery.records[verdict.accepted - 1].sequence.value(), failure.sequence.value()));
    }
    verdict.next = failure.failure == FailureClass::kFatal ? Verdict::Next::kStop : Verdict::Next::kRetry;
    verdict.message = failure.message;
    break;  // what lies behind it comes again
  }
  return verdict;
}

}  // namespace gyre::consumers
