// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "streams/reading/client_sessions.h"
#include "streams/reading/table_reader.h"
#include "streams/transport/stream_client.h"

namespace gyre::consumers {

/// Takes what a TableFollower reads, on the client's thread, within its tick().
class FollowerHandler {
 public:
  virtual ~FollowerHandler() = default;
  /// The table was found. Its shards are opened next.
  virtual void on_table(const streams::Opened& table) { (void)table; }
  /// Reading of a shard begins. `closed`: it was closed already when the table was listed.
  virtual void on_shard(ShardId shard, bool closed) { (void)shard, (void)closed; }
  /// Say consumed() when there is room for more.
  virtual void on_batch(ShardId shard, streams::RecordBatch batch) = 0;
  virtual void on_tick(ShardId shard, HybridTime watermark, Ordinal scanned_through, Ordinal head) {
    (void)shard, (void)watermark, (void)scanned_through, (void)head;
  }
  /// The shard was read to its end. If it has children, they begin before this call.
  virtual void on_end(ShardId shard) { (void)shard; }
  /// There is no such table (told once; it is looked for again each second), or reading cannot go on.
  virtual void on_missing_table() {}
  virtual void on_error(Error error) = 0;
};

/// Reads all shards of one table as they come: from the oldest record kept, or from now; children after a
/// shard's end; the shards of a new table of that name after the last one's end. Without a consumer's
/// checkpoint: what it loses is kTrimmed, but for a shard that is gone with its table. A thin shell around a
/// TableReader. One thread, the client's.
class TableFollower {
 public:
  struct Options {
    std::string table;
    bool from_now = false;
    std::uint64_t credit_records = 4096;
    std::uint64_t credit_bytes = 1024 * 1024;
  };

  TableFollower(Options options, streams::StreamClient& client, FollowerHandler& handler, const Clock& clock);
  TableFollower(const TableFollower&) = delete;
  TableFollower& operator=(const TableFollower&) = delete;

  /// Each turn of the owner's loop, after StreamClient::poll.
  void tick();
  void consumed(ShardId shard, std::uint64_t records, std::uint64_t bytes);
  /// Nothing more is wanted of this shard, nor of its descendants.
  void abandon(ShardId shard) { reader_.abandon(shard); }

 private:
  using Reader = streams::TableReader;

  void follow();
  template <class Command>
  void act(Command& command) {
    sessions_.perform(std::move(command));
  }
  void act(Reader::Found& found) { handler_.on_table(found.table); }
  void act(Reader::Missing& missing);
  void act(Reader::Started& started) { handler_.on_shard(started.shard, started.closed); }
  void act(Reader::ShardOpened&) {}
  void act(Reader::ShardBatch& batch) { handler_.on_batch(batch.shard, std::move(batch.batch)); }
  void act(Reader::ShardHeard& heard);
  void act(Reader::ShardAcked&) {}
  void act(Reader::Interrupted& interrupted);
  void act(Reader::Ended& ended);
  void act(Reader::Lost& lost);
  void act(Reader::Stuck& stuck);
  void fail(ErrorCode code, ShardId shard, const std::string& message);
  std::uint64_t now_ms() const;

  FollowerHandler& handler_;
  const Clock& clock_;
  streams::SessionKey keys_ = 0;
  Reader reader_;
  streams::ClientSessions sessions_;
};

}  // namespace gyre::consumers
