// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "streams/reading/table_shards.h"
#include "streams/transport/stream_client.h"

namespace gyre::consumers {

/// Takes what a TableFollower reads, on the client's thread.
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

/// Reads all shards of one table as they come: from the oldest record kept, or from now; parents before
/// children; children after a shard's end; the shards of a new table of that name after the last one's end.
/// Without a consumer's checkpoint. One thread, the client's.
class TableFollower {
 public:
  struct Options {
    std::string table;
    bool from_now = false;
    std::uint64_t credit_records = 4096;
    std::uint64_t credit_bytes = 1024 * 1024;
  };

  TableFollower(Options options, streams::StreamClient& client, FollowerHandler& handler, const Clock& clock);
  ~TableFollower();
  TableFollower(const TableFollower&) = delete;
  TableFollower& operator=(const TableFollower&) = delete;

  void start();
  /// Each turn of the owner's loop, after StreamClient::poll.
  void tick();
  void consumed(ShardId shard, std::uint64_t records, std::uint64_t bytes);
  /// Nothing more is wanted of this shard, nor of its descendants.
  void abandon(ShardId shard);

 private:
  class Listing;
  class Shard;

  // What the table's shards ask for.
  void follow();
  void act(const streams::TableShards::List&);
  void act(const streams::TableShards::Found& found) { handler_.on_table(found.table); }
  void act(const streams::TableShards::Read& read);
  void act(const streams::TableShards::Missing& missing);
  void ended(ShardId shard, const std::vector<ShardId>& children);
  void gone(ShardId shard);
  void forget(ShardId shard);

  const Options options_;
  streams::StreamClient& client_;
  FollowerHandler& handler_;
  const Clock& clock_;
  streams::TableShards table_;
  std::unique_ptr<Listing> listing_;
  std::map<ShardId, std::unique_ptr<Shard>> shards_;
  std::vector<std::unique_ptr<Shard>> retired_;  // until they are off the stack
};

}  // namespace gyre::consumers
