// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/key.h"
#include "core/model/table_schema.h"
#include "core/storage/commit_batch.h"
#include "core/storage/row_keys.h"

namespace gyre::storage {

// The expiry index: which items of a table with time to live expire when, soonest first. Its rows stand in
// Family::kIndexes, in a place that no secondary index has (core/storage/README.md), and change in the batch
// of the item or of the table. A table without time to live has none.

/// True if items of the table expire.
inline bool expires(const TableSchema& table) {
  return table.time_to_live && table.time_to_live->enabled;
}

/// The second (since 1970) at which an item with this image expires: what its attribute holds, cut to whole
/// seconds. nullopt if it is missing, no number, zero or less, or beyond 64 bits: then the item stays.
std::optional<std::uint64_t> expiry_second(const TimeToLive& time_to_live, std::string_view image);

struct ExpiryRow {
  std::uint64_t second = 0;
  std::string item_row;  ///< where the item is: ItemRow::bytes()

  /// Of the item. `schema` is its table's.
  Result<ItemKey> key(const KeySchema& schema) const { return read_item_row(item_row, schema); }
  bool operator==(const ExpiryRow&) const = default;
};
std::string encode_expiry_row(const ExpiryRow& row);
Result<ExpiryRow> read_expiry_row(std::string_view row);
/// All of a table's rows, the cursor too: {lower, upper}.
std::pair<std::string, std::string> expiry_rows(TableId table);
/// Those of the seconds [first, last].
std::pair<std::string, std::string> expiry_rows(TableId table, std::uint64_t first, std::uint64_t last);

/// While items that were there before time to live was enabled are still being added: a row whose value is
/// the item row up to which that is done.
std::string expiry_cursor_row(TableId table);

/// What the item at `item_row` changes in the index of its table, which has one. An absent image: no item.
void index_expiry(const TimeToLive& time_to_live, std::string_view item_row,
                  const std::optional<std::string>& before, const std::optional<std::string>& after,
                  CommitBatch& batch);
/// What a change of a table's settings changes: a new index begins with a cursor, an old one goes.
void change_expiry_index(const TableSchema& before, const TableSchema& after, CommitBatch& batch);

/// Where the expiry index grew since somebody looked, so that whoever walks it in order need not begin again
/// at its start, where the erased rows are. Kept by the writer after each commit; any thread.
class NewExpiryRows {
 public:
  /// A row of Family::kIndexes was put, and that is committed. Rows of secondary indexes are passed over.
  void note(std::string_view row);
  /// The least row of the table that was put since the last call; nullopt if none was.
  std::optional<std::string> take_least(TableId table);

 private:
  std::mutex mutex_;
  std::map<TableId, std::string> least_;
};

}  // namespace gyre::storage
