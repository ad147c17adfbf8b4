// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "core/base/ids.h"
#include "core/base/pause.h"
#include "streams/reading/session_message.h"
#include "streams/reading/shard_lineage.h"

namespace gyre::streams {

/// Reads one table: lists it until it is there, then reads its shards, each once, parents before children,
/// and goes on behind what was read whenever a session is lost. A machine without I/O: its owner carries its
/// sessions to a StreamClient (ClientSessions does), hands it what the region says, and deals with the
/// events in their order. One thread. Times are milliseconds of a clock of the owner's choice.
///
/// Nothing is skipped in silence. A reader that knows where it was (a position, or a listing before) compares
/// that with each listing: a shard that it did not finish, or that came and went, and that the region keeps
/// no more is Lost.
class TableReader {
 public:
  struct Options {
    std::string table;
    SessionOptions session;  ///< of each shard: filter, consumer, credit; the place is filled in
    bool from_now = false;   ///< leaves out what was closed when the table was first listed
    /// The reader is done with the last shard. Without it, a new table of the same name is looked for then.
    bool one_life = false;
    /// The table was dropped, so its name lists nothing: what the position names is read, and what comes of
    /// that. Of one life.
    bool unlisted = false;
  };

  /// How far a shard was read, as an owner keeps it. A cursor of zeros: from its oldest record on.
  struct Place {
    storage::LogCursor cursor;
    bool finished = false;
  };
  /// Where a reader stopped in the whole table: each shard that was listed or named as a child, until it and
  /// what came before it are forgotten by the region. Empty: a first reading, from the oldest records kept.
  using Position = std::map<ShardId, Place>;

  // --- events: sessions to be carried (session_message.h), and news ---

  /// The table was found. Told once; its shards are started next.
  struct Found {
    Opened table;
  };
  /// There is no such table yet, or the region does not list it. The former is told once for each time that
  /// there is none. It is listed again after a pause.
  struct Missing {
    RefusedReason reason = RefusedReason::kNoSuchTable;
    std::string message;
  };
  struct Started {
    ShardId shard;
    bool closed = false;  ///< when it was listed
  };
  struct ShardOpened {
    ShardId shard;
    Opened opened;
  };
  /// Owed: consumed().
  struct ShardBatch {
    ShardId shard;
    RecordBatch batch;
  };
  struct ShardHeard {
    ShardId shard;
    Heard heard;
  };
  struct ShardAcked {
    ShardId shard;
    AckAnswer answer;
  };
  /// The session was lost, with the credit of what came on it. Owed: resume().
  struct Interrupted {
    ShardId shard;
    std::string message;
  };
  /// The shard was read to its end. Owed: finished(), and until then no child is started.
  struct Ended {
    ShardId shard;
    std::vector<ShardId> children;
  };
  /// The region does not keep what comes next in this shard, which may be one that was never started. Owed:
  /// forget(), to go on without it, or the end of this reader.
  struct Lost {
    ShardId shard;
    RefusedReason reason = RefusedReason::kTrimmed;
    std::string message;
    SequenceNumber oldest;  ///< that is kept; zero = not known
    /// The region does not know the shard at all: it went with its table.
    bool gone() const {
      return reason == RefusedReason::kNoSuchShard || reason == RefusedReason::kNoSuchTable;
    }
  };
  /// The region refuses to let the shard be read on, and time alone will not change that.
  struct Stuck {
    ShardId shard;
    RefusedReason reason = RefusedReason::kUnreadable;
    std::string message;
  };
  using Event =
      std::variant<OpenSession, CloseSession, GiveCredit, SendAck, Found, Missing, Started, ShardOpened,
                   ShardBatch, ShardHeard, ShardAcked, Interrupted, Ended, Lost, Stuck>;

  /// `keys` numbers the sessions and outlives this.
  TableReader(Options options, SessionKey& keys, Position position = {});

  /// What the region says. Keys of sessions that are over are ignored.
  void take(SessionKey key, SessionMessage message, std::uint64_t now_ms);
  /// Time passes. The first one lists the table.
  void tick(std::uint64_t now_ms);
  /// The next event, in order.
  std::optional<Event> next_event();

  // What owners say of shards that were started, and not ended by them.
  // The session may be over already, which the next events tell: then these two do nothing.
  void consumed(ShardId shard, std::uint64_t records, std::uint64_t bytes);
  void ack(ShardId shard, ConsumerAck ack);
  /// After Ended.
  void finished(ShardId shard);
  /// Gives up the session. Owed: resume().
  void interrupt(ShardId shard);
  /// Reads on after `cursor`, or without one after the last batch; at once, or after a region's pause.
  void resume(ShardId shard, std::optional<storage::LogCursor> cursor, std::uint64_t now_ms);
  /// Goes on without it. The table is listed again after a pause, which brings what came of it, and may bring
  /// it back; but for one life there is no other listing.
  void forget(ShardId shard, std::uint64_t now_ms);
  /// Nothing more is wanted of it, nor of its descendants.
  void abandon(ShardId shard);
  /// Closes every session, for good.
  void close();

  /// The shard that this open session reads; nullopt: it is none of a shard.
  std::optional<ShardId> shard_of(SessionKey key) const;
  bool listing() const { return listing_.has_value(); }
  /// The table was listed, in this reader's time.
  bool found() const { return found_; }
  /// Everything was read that the table will ever bring. Of a reader for one life.
  bool exhausted() const { return options_.one_life && found_ && !listing_ && lineage_.idle(); }
  const std::string& table() const { return options_.table; }

 private:
  struct Shard {
    enum class State { kReading, kInterrupted, kPausing, kStuck };
    State state = State::kPausing;
    SessionKey key = 0;  // 0 = no session
    storage::LogCursor cursor;
    bool latest = false;                           // from its head on, whatever the cursor
    Pause pause;                                   // before it is opened again
    std::optional<std::vector<ShardId>> children;  // it was read to its end
  };

  void listed(const Opened& table, std::uint64_t now_ms);
  void not_listed(const Refusal& refusal, std::uint64_t now_ms);
  void start_known();
  void tell_losses(const std::vector<ShardInfo>& listed);
  void start(const std::vector<ShardId>& shards, bool latest);
  void open(ShardId id, Shard& shard);
  void end_session(Shard& shard);
  void withdraw(ShardId id);
  void erase(ShardId id);

  void on(ShardId id, Shard& shard, Opened& opened, std::uint64_t now_ms);
  void on(ShardId id, Shard& shard, RecordBatch& batch, std::uint64_t now_ms);
  void on(ShardId id, Shard& shard, ShardEnd& end, std::uint64_t now_ms);
  void on(ShardId id, Shard& shard, Refusal& refusal, std::uint64_t now_ms);
  void on(ShardId id, Shard& shard, Heard& heard, std::uint64_t now_ms);
  void on(ShardId id, Shard& shard, AckAnswer& answer, std::uint64_t now_ms);

  const Options options_;
  SessionKey& keys_;
  Position position_;        // of shards that were not started yet
  std::set<ShardId> known_;  // of the position, listed, or named as children; and may be a parent yet
  bool compares_ = false;    // a listing tells what was lost
  Epoch epoch_;              // of the last listing
  ShardLineage lineage_;
  std::map<ShardId, bool> closed_;   // as last listed, of shards that were not started yet
  std::map<ShardId, Shard> shards_;  // started, and not over
  std::map<SessionKey, ShardId> sessions_;
  std::optional<SessionKey> listing_;
  bool found_ = false;
  bool missing_ = false;
  bool listed_anew_ = false;  // it is to be, though shards are being read
  bool over_ = false;
  Pause list_pause_;  // before the next listing
  std::deque<Event> events_;
};

}  // namespace gyre::streams
