// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/model/table_schema.h"
#include "global-tables/apply_request.h"
#include "global-tables/table_progress.h"
#include "streams/transport/stream_client.h"

namespace gyre::global_tables {

/// A session as the machines number it; unique in one PeerReplicator.
using SessionKey = std::uint64_t;

// What the machines want done. The shell does it in order.
struct OpenSession {
  SessionKey key = 0;
  streams::SessionOptions options;
};
struct CloseSession {
  SessionKey key = 0;
};
struct GiveCredit {
  SessionKey key = 0;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
};
/// Answered by committed(key).
struct CommitWork {
  SessionKey key = 0;
  ApplyWork work;
};
using LinkCommand = std::variant<OpenSession, CloseSession, GiveCredit, CommitWork>;

/// Which table of which peer is followed, and as what.
struct TableLinkIdentity {
  RegionId peer;
  IncarnationId peer_incarnation;
  TableId table;  ///< of this region
  std::string name;
  KeySchema key_schema;
  /// This region's copy is being made from this peer: the whole table is scanned, and then opened for
  /// clients.
  bool first_copy = false;
  bool operator==(const TableLinkIdentity&) const = default;
};

enum class SessionState {
  kReading,
  kHeld,     ///< the next record's stamp is too far ahead of this region's clock: waits for time to catch up
  kStopped,  ///< the next record cannot be applied: see the message
};
struct SessionReport {
  std::string kind;  ///< "shards", "scan", "shard"
  ShardId shard;
  SessionState state = SessionState::kReading;
  std::string message;
  std::uint64_t lag_records = 0;
  HybridTime watermark =
      0;  ///< every write of the peer up to here, in this shard, is applied here; 0 = not known yet
};
struct TableLinkReport {
  std::string table_name;
  std::string state;  ///< "STARTING", "COPYING", "FOLLOWING", "RESYNC"
  std::vector<SessionReport> sessions;
};

/// Follows one table of one peer: asks for its shards, reads each from where this region stopped (parents
/// before children), copies the table where it must, and has each batch committed together with its cursor. A
/// machine without I/O, owned by PeerReplicator; one thread.
///
/// At most one commit of a session is under way, and credit is given only after it: a cursor never passes
/// what is not applied, and what waits is bounded by the credit. A record whose stamp is ahead of the clock
/// by more than limits::kClockSkewMaxMs holds its shard. The peer's log is the quarantine: stamps of one
/// region only grow, so whatever lies behind such a record is ahead as well, and neither cursor nor clock
/// moves until time has caught up.
class TableLink {
 public:
  /// `progress`: as stored, if it is. `keys` numbers sessions and outlives this.
  TableLink(TableLinkIdentity identity, std::optional<TableProgress> progress, SessionKey& keys);

  void start();
  // Inputs. Keys of sessions that are over are ignored.
  void opened(SessionKey key, const streams::Opened& opened, std::uint64_t now_ms);
  void batch(SessionKey key, streams::RecordBatch batch, std::uint64_t now_ms);
  void shard_end(SessionKey key, const std::vector<ShardId>& children, std::uint64_t now_ms);
  void refused(SessionKey key, streams::RefusedReason reason, const std::string& message,
               std::uint64_t now_ms);
  void heard(SessionKey key, HybridTime watermark, Ordinal scanned_through, Ordinal head);
  void committed(SessionKey key, const Status& status, std::uint64_t now_ms);
  /// No record of the peer that becomes durable from now on has a smaller commit time.
  void peer_watermark(HybridTime watermark) { peer_watermark_ = watermark; }
  /// Retries what waits for time: holds, throttled commits, resyncs.
  void tick(std::uint64_t now_ms);
  /// Gives up every session, for good. What the writer has of it goes through or not; until settled(), what
  /// is stored may still move, so nobody may read it to start anew.
  void close();
  bool closed() const { return closed_; }
  /// Everything is applied that the peer's table will ever bring: each of its shards is closed and was read
  /// to its end.
  bool exhausted() const;
  /// True if the writer has nothing of this link.
  bool settled() const;

  std::vector<LinkCommand> take_commands() { return std::exchange(commands_, {}); }
  const TableLinkIdentity& identity() const { return identity_; }
  TableLinkReport report() const;

 private:
  enum class Kind { kReset, kList, kScan, kShard };
  struct Session {
    Kind kind = Kind::kShard;
    ShardId shard;
    SessionState state = SessionState::kReading;
    std::string message;
    std::deque<streams::RecordBatch> waiting;
    bool committing = false;
    std::size_t committing_records = 0;
    ProgressStep committing_step;
    std::optional<storage::LogCursor> idle_cursor;  // passed over records that the filter hid; not stored yet
    std::uint64_t idle_since_ms = 0;
    std::optional<std::vector<ShardId>> children;  // the shard has ended
    Ordinal head;
    Ordinal scanned_through;
    HybridTime peer_watermark = 0;
    HybridTime watermark = 0;
  };

  Session& add_session(SessionKey key, Kind kind);
  void drop_session(SessionKey key);
  void drop_sessions();
  void reset(bool copy);
  void list_shards();
  void open_shard(ShardId shard);
  void open_scan();
  bool reads(ShardId shard) const;
  bool done(ShardId shard) const;

  void pump(SessionKey key, Session& session, std::uint64_t now_ms);
  bool pump_idle(SessionKey key, Session& session, std::uint64_t now_ms);
  // The records at the front of a batch that are dealt with at once.
  struct Applicable {
    std::size_t count = 0;                // of the batch
    std::vector<IncomingRecord> records;  // those of them that are not covered by a copy
    storage::LogCursor after;             // the position behind them
  };
  Applicable take_applicable(Session& session, const streams::RecordBatch& batch, std::uint64_t now_ms);
  ProgressStep step_of(const Session& session, const streams::RecordBatch& batch,
                       const Applicable& front) const;
  void commit(SessionKey key, Session& session, Applicable front, ProgressStep step);
  void after_commit(SessionKey key, Session& session, std::uint64_t now_ms);
  static void note_watermark(Session& session);
  void give_credit(SessionKey key, Session& session);
  void stop(Session& session, SessionState state, std::string message);
  void resync(const std::string& message, std::uint64_t now_ms);

  TableLinkIdentity identity_;
  std::optional<TableProgress> stored_;
  TableProgress progress_;  // as it is stored, once the reset is through
  SessionKey& keys_;
  std::map<SessionKey, Session> sessions_;
  std::map<SessionKey, ProgressStep> abandoned_;  // commits under way whose sessions are over
  bool closed_ = false;
  HybridTime peer_watermark_ = 0;
  std::optional<std::uint64_t> resync_at_ms_;
  std::optional<std::uint64_t> relist_at_ms_;
  std::string message_;
  std::vector<LinkCommand> commands_;
};

}  // namespace gyre::global_tables
