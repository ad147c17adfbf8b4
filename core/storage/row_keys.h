// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/key.h"

namespace gyre::storage {

// Where things stand in the column families. Integers are big-endian, so that rows sort as numbers do. The
// formats are told in core/storage/README.md.

/// items and tombstones: table id, 64-bit hash of the partition key, partition key, sort key.
std::string item_row(TableId table, const ItemKey& key);
/// All rows of one partition key: everything that starts with it.
std::string partition_prefix(TableId table, const ItemKey& key);
/// All rows of a table whose partition hash lies in [first, last]: {lower, upper}.
std::pair<std::string, std::string> hash_range_rows(TableId table, std::uint64_t first, std::uint64_t last);
std::pair<std::string, std::string> table_rows(TableId table);
/// The key again, from a row and the table's schema.
Result<ItemKey> read_item_row(std::string_view row, const KeySchema& schema);
/// What the rows of a partition of a table or an index begin with, and hardly any others: the id and the
/// hash.
std::string_view partition_group(std::string_view row);
/// The partition hash of a row.
Result<std::uint64_t> row_hash(std::string_view row);

/// indexes: index id, 64-bit hash of the index partition key, index partition key, index sort key, and the
/// item's own key, which is all of its row behind the hash.
std::string index_row(IndexId index, const ItemKey& index_key, std::string_view item_row);
/// All rows of one partition key of the index: everything that starts with it.
std::string index_partition_prefix(IndexId index, const ItemKey& index_key);
std::pair<std::string, std::string> index_hash_range_rows(IndexId index, std::uint64_t first,
                                                          std::uint64_t last);
std::pair<std::string, std::string> index_rows(IndexId index);
/// The two keys again.
struct IndexRowKeys {
  ItemKey index;
  ItemKey item;
};
Result<IndexRowKeys> read_index_row(std::string_view row, const IndexSchema& index, const KeySchema& schema);

/// conflicts: table id, sequence, a counter within the commit.
std::string conflict_row(TableId table, SequenceNumber sequence, std::uint32_t index);

/// The first key after every key that starts with `prefix`; empty if there is none.
std::string prefix_end(std::string prefix);

}  // namespace gyre::storage
