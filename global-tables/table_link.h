// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/pause.h"
#include "core/model/table_schema.h"
#include "global-tables/apply_request.h"
#include "global-tables/session_intake.h"
#include "global-tables/table_progress.h"
#include "streams/reading/table_reader.h"

namespace gyre::global_tables {

using streams::SessionKey;

/// Answered by committed(key).
struct CommitWork {
  SessionKey key = 0;
  ApplyWork work;
};
/// What the machines want done. The shell does it in order.
using LinkCommand = std::variant<streams::OpenSession, streams::CloseSession, streams::GiveCredit,
                                 streams::SendAck, CommitWork>;

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
  /// The peer has dropped this life of the table. Its shards can be read for their retention; but the name is
  /// nobody's, or another table's, so nothing can be listed or copied by it: only stored progress names them.
  bool ended = false;
  bool operator==(const TableLinkIdentity&) const = default;
};

struct SessionReport {
  std::string kind;  ///< "shards", "scan", "shard"
  ShardId shard;
  SessionState state = SessionState::kReading;
  std::string message;
  std::uint64_t lag_records = 0;
  HybridTime watermark =
      0;  ///< every write of this life of the peer up to here, in this shard, is applied here; 0 = not known
};
struct TableLinkReport {
  std::string table_name;
  std::string state;  ///< "COPYING", "FOLLOWING", or "RESYNC" until a copy begins
  std::vector<SessionReport> sessions;
};

/// Follows one table of one peer: reads its shards from where this region stopped, copies the table where it
/// must, and has each batch committed together with its cursor. A machine without I/O, owned by
/// PeerReplicator; one thread.
///
/// At most one commit of a session is under way, and credit is given only after it: a cursor never passes
/// what is not applied, and what waits is bounded by the credit. A record whose stamp is ahead of the clock
/// by more than limits::kClockSkewMaxMs holds its shard. The peer's log is the quarantine: stamps of one
/// region only grow, so whatever lies behind such a record is ahead as well, and neither cursor nor clock
/// moves until time has caught up.
///
/// What was trimmed before it was applied here is copied: the link goes to RESYNC (streams::TableReader tells
/// losses, a shard that came and went among them). Of a life that ended there is no copy: what its known
/// shards do not bring is lost, and the link is over.
class TableLink {
 public:
  /// `progress`: as stored, if it is. One of no incarnation is what could not be read of it: then nobody
  /// knows what was applied, and the table is copied. `keys` numbers sessions and commits and outlives this.
  TableLink(TableLinkIdentity identity, std::optional<TableProgress> progress, SessionKey& keys);

  void start(std::uint64_t now_ms);
  // Inputs. Keys of sessions that are over are ignored.
  void take(SessionKey key, streams::SessionMessage message, std::uint64_t now_ms);
  void committed(SessionKey key, const Status& status, std::uint64_t now_ms);
  /// Retries what waits for time: holds, throttled commits, resyncs.
  void tick(std::uint64_t now_ms);
  /// Others wait for a session. Gives up this one, if there is nothing more to read in it for now, and asks
  /// for another one to go on with: true if it did.
  bool yield(SessionKey key, std::uint64_t now_ms);
  /// The peer has dropped what is followed (TableLinkIdentity::ended).
  void life_ended(std::uint64_t now_ms);
  /// Gives up every session, for good. What the writer has of it goes through or not; until settled(), what
  /// is stored may still move, so nobody may read it to start anew.
  void close();
  /// The peer has dropped what is followed.
  bool ended() const { return ended_; }
  bool closed() const { return std::holds_alternative<Closed>(state_); }
  /// Everything is applied that the peer's table will ever bring: each of its shards is closed and was read
  /// to its end; or its life ended, and no more of it can be had.
  bool exhausted() const;
  /// True if the writer has nothing of this link.
  bool settled() const { return commits_.empty(); }

  std::vector<LinkCommand> take_commands() { return std::exchange(commands_, {}); }
  const TableLinkIdentity& identity() const { return identity_; }
  TableLinkReport report() const;

 private:
  using Reader = streams::TableReader;

  /// One shard is followed.
  struct Following {
    SessionIntake intake;
    std::optional<storage::LogCursor> idle_cursor;  // passed over records that the filter hid; not stored yet
    Pause idle_pause;                               // before it is stored
    std::optional<std::vector<ShardId>> children;   // it has ended
    bool heard = false;                             // how far the shard has come, in this session
    bool interrupted = false;  // its session is lost; it goes on once no commit is under way
    Ordinal head;
    Ordinal scanned_through;
    HybridTime peer_watermark = 0;  // of the last tick in this session; 0 = none came
    HybridTime watermark = 0;
  };
  /// The whole table is copied.
  struct Copying {
    SessionKey session = 0;  // 0: to be opened
    Pause pause;             // before that
    SessionIntake intake;
  };

  // What a link can be at.
  /// All progress is being forgotten, in one commit.
  struct Resetting {
    ProgressStep step;
    SessionKey commit = 0;              // 0: to be tried again
    std::optional<std::string> resync;  // what was lost, if a copy is made for that
    std::string message;                // why it cannot be
  };
  /// Shards are listed and followed; and the table is copied, if it must be.
  struct Reading {
    Reading(Reader::Options options, SessionKey& keys, Reader::Position position)
        : reader(std::move(options), keys, std::move(position)) {}

    Reader reader;
    std::optional<ProgressStep> listing;  // shards that are being remembered; nothing of the reader is done
    SessionKey listing_commit = 0;        // before; 0: to be tried again
    std::map<ShardId, Following> following;
    std::optional<Copying> copying;
    std::string message;  // why the peer does not list the table
  };
  /// The peer has trimmed what was not applied: a reset with a copy is due.
  struct Resync {
    Pause pause;
    std::string message;
  };
  /// This region's table is gone, or the peer is no member, or more than the log of a life that ended would
  /// be needed: whoever knows will close the link.
  struct Over {
    std::string message;
  };
  struct Closed {};

  // Whose commit it is.
  struct OfReset {};
  struct OfListing {};
  struct OfCopy {};
  using CommitOwner = std::variant<OfReset, OfListing, OfCopy, ShardId>;
  struct UnderWay {
    CommitOwner owner;
    ProgressStep step;
  };

  void reset(bool copy, std::optional<std::string> resync = {});
  void read(std::uint64_t now_ms);
  void stop_reading();
  void read_rest(std::uint64_t now_ms);
  void end(const std::string& message);
  void lose_rest(const std::string& message);
  void resync(const std::string& message, std::uint64_t now_ms);

  void follow(std::uint64_t now_ms);
  template <class Command>
  void act(Command& command, std::uint64_t) {
    commands_.push_back(std::move(command));
  }
  void act(Reader::Found& found, std::uint64_t);
  void act(Reader::Missing& missing, std::uint64_t now_ms);
  void act(Reader::Started& started, std::uint64_t now_ms);
  void act(Reader::ShardOpened& opened, std::uint64_t now_ms);
  void act(Reader::ShardBatch& batch, std::uint64_t now_ms);
  void act(Reader::ShardHeard& heard, std::uint64_t now_ms);
  void act(Reader::ShardAcked&, std::uint64_t) {}
  void act(Reader::Interrupted& interrupted, std::uint64_t now_ms);
  void act(Reader::Ended& ended, std::uint64_t now_ms);
  void act(Reader::Lost& lost, std::uint64_t now_ms);
  void act(Reader::Stuck& stuck, std::uint64_t now_ms);

  void open_copy(Copying& copying);
  void take_copy(streams::SessionMessage message, std::uint64_t now_ms);

  void pump_all(std::uint64_t now_ms);
  void pump(ShardId shard, Following& following, std::uint64_t now_ms);
  bool pump_idle(ShardId shard, Following& following, std::uint64_t now_ms);
  void pump(Copying& copying, std::uint64_t now_ms);
  SessionIntake::Front front(SessionIntake& intake, RecordSource source, ShardId shard, std::uint64_t now_ms);
  void hold_up(SessionIntake& intake, ShardId shard, SessionState state, const std::string& message);
  SessionKey commit(CommitOwner owner, ProgressStep step, SessionIntake::Front front);
  void after(const OfReset&, const ProgressStep& step, const Status& status, SessionKey key,
             std::uint64_t now_ms);
  void after(const OfListing&, const ProgressStep& step, const Status& status, SessionKey key,
             std::uint64_t now_ms);
  void after(const OfCopy&, const ProgressStep& step, const Status& status, SessionKey key,
             std::uint64_t now_ms);
  void after(const ShardId& shard, const ProgressStep& step, const Status& status, SessionKey key,
             std::uint64_t now_ms);
  bool passes(const Status& status, std::uint64_t now_ms);
  bool fails(const Status& status, SessionIntake& intake, ShardId shard, std::uint64_t now_ms);
  static void hear_watermark(Following& following, HybridTime watermark);
  static void note_watermark(Following& following);
  SessionReport report(ShardId shard, const Following& following) const;

  const TableLinkIdentity identity_;
  std::optional<TableProgress> stored_;
  TableProgress progress_;  // as it is stored, once the reset is through
  SessionKey& keys_;
  bool ended_;
  std::variant<Over, Resetting, Reading, Resync, Closed> state_;
  Pause throttled_;                         // the writer had no room: nothing is committed meanwhile
  std::map<SessionKey, UnderWay> commits_;  // those of sessions that are over among them
  std::vector<LinkCommand> commands_;
};

}  // namespace gyre::global_tables
