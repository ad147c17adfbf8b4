// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "streams/transport/stream_client.h"

namespace gyre::streams {

/// A session as the machines that read number it. Unique where one ClientSessions carries them.
using SessionKey = std::uint64_t;

// What a region says on a session. SessionHandler explains each.
struct ShardEnd {
  std::vector<ShardId> children;
};
struct Refusal {
  RefusedReason reason = RefusedReason::kBusy;
  std::string message;
  SequenceNumber oldest;
};
struct Heard {
  HybridTime watermark = 0;
  Ordinal scanned_through;
  Ordinal head;
};
struct AckAnswer {
  SequenceNumber sequence;
  Status outcome;
};

/// True if the region keeps nothing that a reader of this shard could go on from.
constexpr bool is_loss(RefusedReason reason) {
  return reason == RefusedReason::kTrimmed || reason == RefusedReason::kWrongEpoch ||
         reason == RefusedReason::kAheadOfHead || reason == RefusedReason::kRecordDiffers ||
         reason == RefusedReason::kNoSuchShard || reason == RefusedReason::kNoSuchTable;
}

using SessionMessage = std::variant<Opened, RecordBatch, ShardEnd, Refusal, Heard, AckAnswer>;

// What a machine wants done. Its owner does it in order.
struct OpenSession {
  SessionKey key = 0;
  SessionOptions options;
};
/// Also of a session that the region ended: nothing is kept of it from here on.
struct CloseSession {
  SessionKey key = 0;
};
struct GiveCredit {
  SessionKey key = 0;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
};
struct SendAck {
  SessionKey key = 0;
  ConsumerAck ack;
};

}  // namespace gyre::streams
