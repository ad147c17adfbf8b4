// SPDX-License-Identifier: Apache-2.0
#include "consumers/policy/delivery_settings.h"

#include <string>

#include <fmt/core.h>

namespace gyre::consumers {
namespace {

Status within(const char* name, std::uint64_t value, std::uint64_t least, std::uint64_t most) {
  if (value >= least && value <= most) return {};
  return Error::validation(fmt::format("{} is {}; it must be {} to {}", name, value, least, most));
}

}  // namespace

Status check(const DeliverySettings& settings) {
  RETURN_IF_ERROR(within("batch size", settings.batch_records, 1, limits::kDeliveryBatchRecordsMax));
  RETURN_IF_ERROR(within("batch bytes", settings.batch_bytes, 1, limits::kDeliveryBatchBytesMax));
  RETURN_IF_ERROR(within("batching window (ms)", settings.window_ms, 0, limits::kDeliveryWindowMsMax));
  RETURN_IF_ERROR(
      within("parallel batches", settings.parallel_batches, 1, limits::kDeliveryParallelBatchesMax));
  if (settings.retries) RETURN_IF_ERROR(within("retries", *settings.retries, 0, limits::kDeliveryRetriesMax));
  if (settings.age_ms) {
    RETURN_IF_ERROR(
        within("record age (ms)", *settings.age_ms, limits::kDeliveryAgeMsMin, limits::kDeliveryAgeMsMax));
  }
  RETURN_IF_ERROR(within("tumbling window (ms)", settings.tumbling_ms, 0, limits::kTumblingWindowMsMax));
  if (settings.tumbling_ms > 0 && settings.parallel_batches > 1) {
    return Error::validation("a tumbling window has one state, so one batch at a time");
  }
  RETURN_IF_ERROR(within("parked keys", settings.parked_keys, 0, limits::kParkedKeysMax));
  if (settings.parked_keys > 0 && settings.tumbling_ms > 0) {
    return Error::validation("keys cannot be parked in tumbling windows: their order is the window's");
  }
  RETURN_IF_ERROR(within("tries before parking", settings.park_after, 1, limits::kDeliveryRetriesMax));
  RETURN_IF_ERROR(within("pause (ms)", settings.pause_ms_min, 1, limits::kConsumerPauseMsMax));
  return within("longest pause (ms)", settings.pause_ms_max, settings.pause_ms_min,
                limits::kConsumerPauseMsMax);
}

}  // namespace gyre::consumers
