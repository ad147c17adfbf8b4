// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/storage/table_counts.h"

namespace gyre::storage {

// What items put into the secondary indexes of their table. Pure. Format: core/storage/README.md.

/// One row of the family `indexes`, as it is to be: absent = erased.
struct IndexChange {
  std::string row;
  std::optional<std::string> value;
  IndexId index = {};
  /// What it changes of the index's count, if the entry that the item had before is there.
  RowDelta delta = {};
  /// The index's count lacks what its build put (fills.h).
  bool being_built = false;
};

/// Adds to `changes` what takes the indexes of `table` from what an item was (an image, or nothing) to what
/// it becomes. Indexes that are being deleted are left alone. `item_row` is the item's row. kCorruption if an
/// image is no encoded item.
Status add_index_changes(const TableSchema& table, std::string_view item_row,
                         const std::optional<std::string>& before, const std::optional<std::string>& after,
                         std::vector<IndexChange>& changes);

/// An entry that a write of an item changes in one index. DynamoDB's sizes; absent = no entry there.
struct IndexWrite {
  std::string index = {};  ///< its name
  bool local = false;
  std::optional<std::uint64_t> bytes_before = {};
  std::optional<std::uint64_t> bytes_after = {};
  bool moved = false;  ///< both are there, under different keys: one is erased, the other put
};
/// The same changes as what they cost. Indexes whose entry stays as it is are left out.
Result<std::vector<IndexWrite>> index_writes(const TableSchema& table,
                                             const std::optional<std::string>& before,
                                             const std::optional<std::string>& after);

/// The entry of an item in one index, for an index that was not there when the item was written; nothing if
/// the item does not stand in it.
Result<std::optional<IndexChange>> index_entry(const TableSchema& table, const IndexSchema& index,
                                               std::string_view item_row, const std::string& image);

/// An entry as it is read. The view lies in the row's value.
struct IndexEntry {
  std::uint64_t dynamodb_bytes = 0;
  std::string_view image;  ///< the projected attributes, as an encoded item
};
Result<IndexEntry> read_index_entry(std::string_view value);

}  // namespace gyre::storage
