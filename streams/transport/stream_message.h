// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/version.h"
#include "core/storage/change_log.h"
#include "streams/transport/stream_client.h"
#include "streams/transport/stream_server.h"

// The frames of the stream protocol as plain values. schemas/stream_protocol.capnp says what each member
// means, README.md when each is sent.
namespace gyre::streams::wire {

/// The only version so far.
inline constexpr std::uint16_t kProtocolVersion = 1;

struct Hello {
  std::uint16_t version_min = kProtocolVersion;
  std::uint16_t version_max = kProtocolVersion;
  std::string reader_id;
};

struct Welcome {
  std::uint16_t version = kProtocolVersion;
  std::string region;
  Epoch epoch;
  std::uint32_t message_bytes_max = 0;
};

struct TableShards {
  std::string table_name;
};

struct Filter {
  bool local_origin_only = false;
  bool hide_touch = false;
  bool latest = false;
};

/// Cursors travel without their epoch: it is `epoch`, of the whole message.
struct Open {
  std::uint64_t session = 0;
  Epoch epoch;
  std::variant<storage::LogCursor, SessionOptions::TableScan, TableShards> source;
  Filter filter;
  bool json = false;
  std::string consumer;
  std::uint32_t attempt = 0;
  bool resume = false;
};

struct Opened {
  std::uint64_t session = 0;
  std::uint64_t nonce = 0;
  std::uint32_t attempt = 0;
  storage::LogCursor position;
  std::vector<ShardInfo> shards;
  Epoch epoch;
  std::string state;
  SequenceNumber checkpoint;
  std::vector<std::string> key_names;
};

struct Refused {
  std::uint64_t session = 0;  ///< 0: something of the connection
  RefusedReason reason = RefusedReason::kMalformed;
  std::string message;
  SequenceNumber oldest;
};

struct Credit {
  std::uint64_t session = 0;
  std::uint64_t nonce = 0;
  std::uint64_t records_total = 0;
  std::uint64_t bytes_total = 0;
};

struct Batch {
  std::uint64_t session = 0;
  std::uint64_t nonce = 0;
  Ordinal previous;
  storage::RecordList records;
  storage::LogCursor scanned_through;  ///< of a table scan: its ordinal counts the rows since Opened
  Ordinal head_ordinal;
  HybridTime watermark = 0;
  std::string scan_position;
  bool scan_end = false;
};

struct Position {
  std::uint64_t session = 0;
  std::uint64_t nonce = 0;
  Ordinal scanned_through;
  Ordinal head;
  std::uint64_t records_total = 0;
  std::uint64_t bytes_total = 0;
};

struct Tick {
  HybridTime watermark = 0;
  std::vector<Position> positions;
};

struct ShardEnd {
  std::uint64_t session = 0;
  std::uint64_t nonce = 0;
  std::vector<ShardId> children;
  Ordinal last_ordinal;
};

struct Ack {
  std::uint64_t session = 0;
  std::uint64_t nonce = 0;
  std::uint64_t number = 0;
  ConsumerAck progress;  ///< consumer, table and epoch are the session's, and do not travel
};

struct Acked {
  std::uint64_t session = 0;
  std::uint64_t nonce = 0;
  std::uint64_t number = 0;
  SequenceNumber sequence;
  Status outcome;  ///< its code is one of those that schemas/stream_protocol.capnp lists; kInternal for all
                   ///< others
};

struct Bye {
  std::uint64_t session = 0;  ///< 0: the whole connection
  std::string reason;
};

using Message =
    std::variant<Hello, Welcome, Open, Opened, Refused, Credit, Batch, Tick, ShardEnd, Ack, Acked, Bye>;

/// One body frame.
std::string encode_message(const Message& message);

/// Outside bytes may be anything, at any alignment: kSerialization, never a crash; work and memory are
/// bounded by the frame's size. The records of a Batch stay where they are in the frame, and hold `memory`,
/// which keeps the frame alive; without it, and in a frame that is not aligned, they lie in a copy.
Result<Message> decode_message(std::string_view frame, storage::RecordList::Memory memory = nullptr);

}  // namespace gyre::streams::wire
