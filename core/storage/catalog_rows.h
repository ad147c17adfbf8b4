// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/model/version.h"

namespace gyre::storage {

// Rows of the catalog family that are the store's own. Those that WriteTransaction::put_row() may write,
// other rooms' among them, start with a word of more than one letter.

inline constexpr std::string_view kTablePrefix = "t/";
inline constexpr std::string_view kShardPrefix = "s/";
inline constexpr std::string_view kCountsPrefix = "n/";
inline constexpr std::string_view kEpochRow = "m/epoch";
inline constexpr std::string_view kRegionRow = "m/region";
/// The last stamp and sequence, where no record of an open shard tells them.
inline constexpr std::string_view kClockRow = "m/clock";

inline bool reserved_row(std::string_view key) {
  return key.size() >= 2 && key[1] == '/';
}

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
inline std::string index_build_row(IndexId index) {
  std::string row("index/");
  append_u64_be(row, index.value());
  return row;
}

inline std::string clock_value(HybridTime stamp, SequenceNumber sequence) {
  std::string value;
  append_u64_be(value, stamp);
  append_u64_be(value, sequence.value());
  return value;
}

}  // namespace gyre::storage
