// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/ids.h"
#include "streams/reading/shard_lineage.h"
#include "streams/transport/stream_client.h"

namespace gyre::streams {

/// Which shards of one table are to be read, and when: lists them until there is a table, hands out each
/// once, parents before children, and lists again when nothing is left to read, since a new table of that
/// name may come. A machine without I/O: its owner opens the sessions and says what becomes of them. One
/// thread.
class TableShards {
 public:
  struct Options {
    std::string table;
    bool from_now = false;  ///< leaves out what was closed when the table was first listed
  };

  // What the owner has to do, or hears.
  /// Open a session that lists the table (SessionOptions::table_shards), and answer listed() or not_listed().
  struct List {};
  /// The table was found; told once.
  struct Found {
    Opened table;
  };
  /// Read this shard, and answer finished() or gone().
  struct Read {
    ShardId shard;
    bool closed = false;  ///< when it was listed
    bool latest = false;  ///< from its head on, not from its oldest record
  };
  /// There is no such table yet, or the region does not list it; told once for each time that there is none.
  struct Missing {
    RefusedReason reason;
    std::string message;
  };
  using Event = std::variant<List, Found, Read, Missing>;

  explicit TableShards(Options options) : options_(std::move(options)) {}

  void listed(const Opened& table, std::uint64_t now_ns);
  void not_listed(RefusedReason reason, const std::string& message, std::uint64_t now_ns);
  /// The shard was read to its end.
  void finished(ShardId shard, const std::vector<ShardId>& children);
  /// It is not there any more.
  void gone(ShardId shard, std::uint64_t now_ns);
  /// Time passes. The first one lists.
  void tick(std::uint64_t now_ns);

  std::vector<Event> take_events() { return std::exchange(events_, {}); }
  const std::string& table() const { return options_.table; }

 private:
  void read(const std::vector<ShardId>& shards, bool latest);

  const Options options_;
  ShardLineage lineage_;
  std::map<ShardId, bool> closed_;  // as listed
  bool listing_ = false;
  bool found_ = false;
  bool missing_ = false;
  std::uint64_t list_due_ns_ = 0;
  std::vector<Event> events_;
};

}  // namespace gyre::streams
