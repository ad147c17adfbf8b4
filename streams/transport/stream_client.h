// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/version.h"
#include "core/storage/change_log.h"
#include "streams/transport/stream_server.h"

namespace gyre::streams {

/// Delays and loses frames of one connection, in user space: how global-tables plays distance and cuts.
/// Called on the client's thread, once for each frame.
class LinkShaper {
 public:
  enum class Direction { kToReader, kToRegion };
  virtual ~LinkShaper() = default;
  /// When the frame may go on (steady nanoseconds, at least `now_ns`), or nullopt: it is lost.
  virtual std::optional<std::uint64_t> release_ns(Direction direction, std::uint64_t now_ns) = 0;
};

struct ShardInfo {
  ShardId shard;
  std::optional<ShardId> parent;
  bool closed = false;
  SequenceNumber last_sequence;  ///< of a closed shard
  std::string stream_label;
  std::uint64_t opened_ms = 0;
  std::uint64_t closed_ms = 0;
};

/// What a session asks for: exactly one of shard, table_scan, table_shards.
struct SessionOptions {
  std::optional<storage::LogCursor> shard;
  struct TableScan {
    std::string table_name;
    std::string after;  ///< scan position to resume behind; empty = from the start
  };
  std::optional<TableScan> table_scan;
  std::optional<std::string> table_shards;  ///< a table's name: asks for its shards, once
  bool local_origin_only = false;
  bool hide_touch = false;
  bool latest = false;
  std::string consumer;
  std::uint64_t credit_records = 4096;  ///< kept open ahead of what was consumed
  std::uint64_t credit_bytes = 4 * 1024 * 1024;
};

struct Opened {
  Epoch epoch;
  std::vector<ShardInfo> shards;       ///< with table_shards
  std::vector<std::string> key_names;  ///< with table_shards
  std::string consumer_state;
  SequenceNumber consumer_checkpoint;
  storage::LogCursor
      position;  ///< of a shard: where reading starts (with `latest`, the head). With table_shards its
                 ///< sequence says: what the table took up to here is in it, for a scan to find
};

/// Records of one session, contiguous with those before.
struct RecordBatch {
  storage::RecordList records;         ///< in the memory of the frame that they came in
  storage::LogCursor scanned_through;  ///< of a shard: resume here
  Ordinal head_ordinal;
  HybridTime watermark = 0;
  std::string scan_position;  ///< of a table scan: resume here
  bool scan_end = false;
};

enum class RefusedReason {
  kVersion,
  kTrimmed,
  kWrongEpoch,
  kAheadOfHead,
  kRecordDiffers,
  kNoSuchShard,
  kNoSuchTable,
  kBusy,
  kNotAllowed,
  kMalformed,
  kUnreadable  ///< the region's own log or rows do not decode
};

/// Takes a session's news, on the client's thread, within poll(). May call the client.
class SessionHandler {
 public:
  virtual ~SessionHandler() = default;
  virtual void on_opened(const Opened& opened) = 0;
  /// When the session can take more, call StreamClient::consumed() for it: at once, or later (flow control).
  virtual void on_batch(RecordBatch batch) = 0;
  /// The shard is closed and was read to its end. The session is over, but for one with a consumer: that
  /// takes acks until it is closed.
  virtual void on_shard_end(const std::vector<ShardId>& children) = 0;
  /// The session is over: the region's answer to open, or a cursor that became unreadable.
  virtual void on_refused(RefusedReason reason, const std::string& message, SequenceNumber oldest) = 0;
  /// Each second while connected, also when there is nothing to read.
  virtual void on_tick(HybridTime watermark, Ordinal scanned_through, Ordinal head) {
    (void)watermark, (void)scanned_through, (void)head;
  }
  /// Answer to StreamClient::ack.
  virtual void on_acked(SequenceNumber sequence, const Status& status) { (void)sequence, (void)status; }
};

/// A reader's side of the stream protocol: one DEALER connection to one region, with any number of sessions.
/// Reconnects by itself, with growing pauses; after a reconnect, a loss or a stale frame each session is
/// reopened at its own cursor, so handlers see every record once and in order. One thread: made, polled and
/// destroyed there. wake() from any.
class StreamClient {
 public:
  using SessionNumber = std::uint64_t;

  /// `shaper` may be null.
  static Result<std::unique_ptr<StreamClient>> connect(const std::string& endpoint,
                                                       const std::string& reader_id, const Clock& clock,
                                                       LinkShaper* shaper);
  virtual ~StreamClient() = default;

  /// `handler` outlives the session.
  virtual SessionNumber open(SessionOptions options, SessionHandler* handler) = 0;
  virtual void close(SessionNumber session) = 0;
  /// The handler is done with this many more records and bytes: opens new credit.
  virtual void consumed(SessionNumber session, std::uint64_t records, std::uint64_t bytes) = 0;
  virtual void ack(SessionNumber session, ConsumerAck ack) = 0;

  /// Sends, receives and calls handlers, for up to `timeout_ms`; returns after the first news, on wake(), or
  /// in time.
  virtual void poll(int timeout_ms) = 0;
  virtual void wake() = 0;
  /// A WELCOME was received and the peer was heard of within limits::kPeerDeadMs.
  virtual bool connected() const = 0;
  /// When a frame of a connected region came last (steady nanoseconds). It sends one each limits::kTickMs at
  /// least.
  virtual std::uint64_t heard_ns() const = 0;
  /// The region's name and epoch, once connected.
  virtual std::string region() const = 0;
};

}  // namespace gyre::streams
