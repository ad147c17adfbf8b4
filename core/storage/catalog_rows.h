// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/storage/row_prefix.h"

namespace gyre::storage {

// Rows of the catalog family that are the store's own: they begin with one letter and '/'. Those that rooms
// keep begin with a longer word (row_prefix.h).

inline constexpr std::string_view kTablePrefix = "t/";
inline constexpr std::string_view kShardPrefix = "s/";
inline constexpr std::string_view kCountsPrefix = "n/";
/// The last record of a shard none of whose records is in the log any more.
inline constexpr std::string_view kHeadPrefix = "h/";
/// The catalog shard's records, which stay when they leave the log.
inline constexpr std::string_view kCatalogRecordPrefix = "c/";
/// How far the engine has followed the log: in every batch.
inline constexpr std::string_view kAppliedRow = "m/applied";

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

inline std::string head_row(ShardId shard) {
  std::string row(kHeadPrefix);
  append_u64_be(row, shard.value());
  return row;
}

inline std::string catalog_record_row(SequenceNumber sequence) {
  std::string row(kCatalogRecordPrefix);
  append_u64_be(row, sequence.value());
  return row;
}

/// How far the build of an index has come: the row of the last item that it took.
inline RoomRow index_build_row(IndexId index) {
  std::string id;
  append_u64_be(id, index.value());
  return {RowPrefix("index/"), id};
}

}  // namespace gyre::storage
