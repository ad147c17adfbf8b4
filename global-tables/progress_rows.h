// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/storage/writer.h"
#include "global-tables/table_progress.h"

namespace gyre::global_tables {

// TableProgress in rows of the catalog family: one for the table, one for each shard. A batch of records
// rewrites the row of its shard alone, however many shards there are.
//   key    "cursor/" peer "/" local table id, as 16 hex digits
//   value  a version byte 3; incarnation; varint attempt; 1 byte copied; epoch and sequence of the pin; sized
//          scan position; varint count, then the ids of the shards, rising
//   key    the table's key "/" shard id, as 16 hex digits
//   value  a version byte 1; sized cursor, as encode_log_cursor; varint of done_ms (0 = not done)
// A table that is dropped and created again has a new id, so it starts anew.

/// "cursor/<peer>/catalog": through where this peer's membership requests are answered.
storage::RoomRow catalog_cursor_row(const RegionId& peer);

/// Reads one row; nullopt if it is not there.
using ReadRow = std::function<Result<std::optional<std::string>>(const storage::RoomRow& key)>;

/// What is stored; nullopt: nothing is. With `only`, the other shards are there with empty places, which
/// costs no reading. kCorruption if the rows do not fit together, or are of another version.
Result<std::optional<TableProgress>> load_progress(const ReadRow& row, const RegionId& peer, TableId table,
                                                   std::optional<ShardId> only = {});

struct RowChange {
  storage::RoomRow key;
  std::optional<std::string> value;  ///< nullopt: erase it
};
/// What makes the rows of `before` those of `after`; nullopt = none. Places that are equal are not touched.
std::vector<RowChange> progress_changes(const RegionId& peer, TableId table,
                                        const std::optional<TableProgress>& before,
                                        const std::optional<TableProgress>& after);

/// Forgets what was taken over of the peer's table.
Status erase_progress(storage::WriteTransaction& transaction, const RegionId& peer, TableId table);

}  // namespace gyre::global_tables
