// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/base/limits.h"
#include "core/base/result.h"

namespace gyre::consumers {

/// How records of a shard are handed to a consumer. Names in brackets are AWS's, of an event source mapping;
/// so are the ranges and defaults of these.
struct DeliverySettings {
  std::size_t batch_records = 100;                           ///< (BatchSize)
  std::size_t batch_bytes = limits::kDeliveryBatchBytesMax;  ///< one larger record still goes, alone
  std::uint64_t window_ms = 0;       ///< how long a batch may fill (MaximumBatchingWindowInSeconds)
  std::size_t parallel_batches = 1;  ///< (ParallelizationFactor); 1 with tumbling windows
  /// After the first try; absent: until it works (MaximumRetryAttempts).
  std::optional<std::uint32_t> retries = std::nullopt;
  /// Since the commit; older records are given up; absent: never (MaximumRecordAgeInSeconds).
  std::optional<std::uint64_t> age_ms = std::nullopt;
  bool bisect = false;            ///< a batch that fails is halved (BisectBatchOnFunctionError)
  bool report_failures = false;   ///< answers may name failed records (ReportBatchItemFailures)
  std::uint64_t tumbling_ms = 0;  ///< (TumblingWindowInSeconds)
  std::uint64_t start_ms = 0;     ///< records committed before are not wanted

  /// Of Gyre: how many keys may be parked. 0: none, and a failing batch holds up what is behind it, as by
  /// AWS. Otherwise a record that fails holds up the records of its own item alone.
  std::size_t parked_keys = 0;
  std::uint32_t park_after = limits::kParkAfterAttempts;  ///< tries of a record

  std::uint64_t pause_ms_min = limits::kConsumerPauseMsMin;  ///< before the first retry; doubles
  std::uint64_t pause_ms_max = limits::kConsumerPauseMsMax;
};

/// kValidation for what is out of range.
Status check(const DeliverySettings& settings);

}  // namespace gyre::consumers
