// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/model/table_schema.h"
#include "global-tables/incoming.h"
#include "global-tables/table_progress.h"
#include "streams/reading/session_message.h"

namespace gyre::global_tables {

enum class SessionState {
  kReading,
  kHeld,     ///< the next record's stamp is too far ahead of this region's clock: waits for time to catch up
  kStopped,  ///< the next record cannot be applied: see the message
};

/// What one session of a peer brought and is not applied yet: its batches in order, and at most one commit
/// under way. Decides which records go into the next commit. A part of TableLink; no I/O, one thread.
class SessionIntake {
 public:
  /// Whose records these are, and what is checked of each.
  struct Source {
    RegionId peer;
    const KeySchema& key_schema;  ///< outlives the call
    RecordSource source = RecordSource::kLog;
    ShardId shard;  ///< of kLog
    LogPin pinned;  ///< of kLog: what was committed up to here is covered by a copy
  };
  /// The records at the front that are dealt with at once.
  struct Front {
    std::size_t count = 0;                // of the batch
    bool whole = false;                   // the batch ends with them
    std::vector<IncomingRecord> records;  // those of them that are not covered by a copy
    storage::LogCursor after;             // the position behind them; of a shard
  };
  struct Credit {
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
  };

  void add(streams::RecordBatch batch) { waiting_.push_back(std::move(batch)); }
  bool empty() const { return waiting_.empty(); }
  const streams::RecordBatch& next() const { return waiting_.front(); }
  void drop_next() { waiting_.pop_front(); }
  /// Forgets what waits: the session is over, and another brings it again. No commit is under way.
  void clear();

  /// Takes records of the next batch until one cannot be applied now. If that is the very first, the answer
  /// is empty and state() says why.
  Front front(const Source& source, std::uint64_t now_ms);

  // The commit under way, by its key; 0 = none.
  streams::SessionKey commit() const { return commit_; }
  /// `records`: so many of the next batch; nullopt: of none.
  void begin(streams::SessionKey commit, std::optional<std::size_t> records);
  /// It failed: what it held still waits.
  void failed() { commit_ = 0; }
  /// It went through: answers what may be asked for again.
  Credit committed();

  SessionState state() const { return state_; }
  /// Why it is not reading; of kReading: what it waits for.
  const std::string& message() const { return message_; }
  void go_on();
  void hold_up(SessionState state, std::string message);

 private:
  std::deque<streams::RecordBatch> waiting_;
  streams::SessionKey commit_ = 0;
  std::optional<std::size_t> committing_records_;
  SessionState state_ = SessionState::kReading;
  std::string message_;
};

}  // namespace gyre::global_tables
