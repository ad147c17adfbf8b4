// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/model/version.h"
#include "core/storage/row_prefix.h"

namespace gyre::storage {

// Rows of the catalog family that are the store's own: they begin with one letter and '/'. Those that rooms
// keep begin with a longer word (row_prefix.h).

inline constexpr std::string_view kTablePrefix = "t/";
inline constexpr std::string_view kShardPrefix = "s/";
inline constexpr std::string_view kCountsPrefix = "n/";
inline constexpr std::string_view kEpochRow = "m/epoch";
inline constexpr std::string_view kRegionRow = "m/region";
/// The last stamp and sequence, where no record of an open shard tells them.
inline constexpr std::string_view kClockRow = "m/clock";

inline std::string table_row(TableId table) {
  std::string row(kTablePrefix);
  append_u64_be(row, table.value());
  return row;
}

inline std::string shard_row(TableId table, ShardId shard) {
  std::string row(kShardPrefix);
  append_u64_be(row, table.value());
  append_u64_be(row, shard.value());
  return row;
}

/// How many rows a living table and its indexes have (table_counts.h).
inline std::string counts_row(TableId table) {
  std::string row(kCountsPrefix);
  append_u64_be(row, table.value());
  return row;
}

/// How far the build of an index has come: the row of the last item that it took.
inline RoomRow index_build_row(IndexId index) {
  std::string id;
  append_u64_be(id, index.value());
  return {RowPrefix("index/"), id};
}

inline std::string clock_value(HybridTime stamp, SequenceNumber sequence) {
  std::string value;
  append_u64_be(value, stamp);
  append_u64_be(value, sequence.value());
  return value;
}

}  // namespace gyre::storage
