// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "consumers/policy/function_response.h"
#include "core/base/ids.h"

// What goes into a DeliveryPolicy, and what comes out.
namespace gyre::consumers {

/// A change record, as far as its delivery depends on it. Its contents stay with whoever runs the policy.
struct DeliveryRecord {
  SequenceNumber sequence;
  std::string key = {};          ///< of the item: records of one key stay in order
  std::uint64_t created_ms = 0;  ///< when it was committed
  std::size_t bytes = 0;         ///< what it takes in a batch
  bool wanted = true;            ///< false: a filter keeps it back; the checkpoint passes it all the same
};

/// An open tumbling window. It is stored with the checkpoint.
struct TumblingWindow {
  std::uint64_t start_ms = 0;
  std::string state = "{}";  ///< JSON, as the function answered it last
  bool operator==(const TumblingWindow&) const = default;
};

// --- what comes out, to be done in this order ---

/// Give these records to the consumer; answer() takes what became of it, with the same number.
struct Invoke {
  std::uint64_t batch = 0;
  std::vector<SequenceNumber> records = {};  ///< ascending; none: a window's last call
  /// Of this batch, or of the ones that it was split from. Calls that did not reach the consumer (throttled,
  /// not called) are none.
  std::uint32_t invocation = 1;
  bool redriven = false;  ///< records that were parked
  std::optional<TumblingWindow> window = std::nullopt;
  bool last_of_window = false;
  bool window_ended_early = false;  ///< its state grew beyond limits::kTumblingStateBytesMax
};

enum class GivenUp { kRetriesExhausted, kRecordAgeExpired };

/// These records are given up, as one failure. To be kept (whole), and told to the OnFailure destination,
/// before the next checkpoint is stored.
struct DeadLetter {
  GivenUp reason = GivenUp::kRetriesExhausted;
  std::vector<SequenceNumber> records = {};  ///< none: a window's last call
  std::uint64_t first_created_ms = 0;
  std::uint64_t last_created_ms = 0;
  std::uint32_t invocations = 0;  ///< 0: the consumer was never reached
  std::string error = {};
};

/// Records of one key, the failed one first, or ones that come behind those. To be kept (whole, in order)
/// before the next checkpoint is stored; they come back by redrive().
struct Park {
  std::string key;
  std::vector<SequenceNumber> records = {};
  bool failed = false;  ///< the first of them; else they only wait
  std::uint32_t invocations = 0;
  std::string error = {};
};

/// Parked records that the consumer has taken now. `free`: no more are parked, the key goes on as others do.
struct Redriven {
  std::string key;
  std::vector<SequenceNumber> records = {};
  bool free = false;
};

/// A redrive has come to an end at this record; it and those behind it stay parked.
struct RedriveFailed {
  std::string key;
  SequenceNumber at;
  std::uint32_t invocations = 0;
  std::string error = {};
};

/// All records up to here are done: taken, not wanted, given up or parked.
struct Checkpoint {
  SequenceNumber through;
  std::optional<TumblingWindow> window = std::nullopt;
  bool shard_done = false;
};

using PolicyOutput = std::variant<Invoke, DeadLetter, Park, Redriven, RedriveFailed, Checkpoint>;

// --- what goes in beside records ---

struct DeliveryAnswer {
  enum class Kind {
    kAnswered,   ///< the consumer answered; its answer may name failed records
    kFailed,     ///< it said that it failed, took too long, or died
    kThrottled,  ///< it was not called, since it has no capacity
    kNotCalled,  ///< it was not called for any other reason
  };
  Kind kind = Kind::kAnswered;
  FunctionResponse response = {};  ///< of kAnswered
  std::string error = {};          ///< of the others
};

}  // namespace gyre::consumers
