// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/model/table_schema.h"
#include "core/storage/change_record.h"
#include "core/storage/expiry_rows.h"
#include "core/storage/item_row.h"
#include "core/storage/prefetched_item.h"
#include "core/storage/row_prefix.h"
#include "core/storage/source_rows.h"
#include "core/storage/stored_item.h"
#include "core/storage/table_scan.h"

namespace gyre::storage {

struct StoreMemory;

/// An item as it was found, and what its image lies in.
class FoundItem {
 public:
  /// `item` exists.
  explicit FoundItem(StoredPointer item)
      : image_(*item->image), dynamodb_bytes_(item->dynamodb_bytes), memory_(std::move(item), image_) {}
  /// `image` lies in `memory`.
  FoundItem(EngineValue memory, const StoredImage& found)
      : image_(found.image), dynamodb_bytes_(found.dynamodb_bytes), memory_(std::move(memory)) {}

  /// The canonical encoding. For as long as this lives.
  std::string_view image() const { return image_; }
  std::uint64_t dynamodb_bytes() const { return dynamodb_bytes_; }

 private:
  std::string_view image_;
  std::uint64_t dynamodb_bytes_;
  EngineValue memory_;  // behind the two, which are read from what it takes over
};

/// Nothing, if there is no item.
using ItemReading = Result<std::optional<FoundItem>>;

/// All of the store as it was at one moment. Keeps old data alive: to be held briefly.
using ReadMoment = std::shared_ptr<const Snapshot>;

/// Some conflicts, and where the next one is; empty if that are all.
struct ConflictsRead {
  std::vector<Conflict> conflicts;
  std::string next;
};

/// The one door for reads of what is committed: what is held in memory of it is asked first, and stays right
/// behind its fences (write_fence.h). Part of a Store. Any thread. With the tier kCache all of it answers
/// kIncomplete instead of waiting for the disk.
class ReadView {
 public:
  /// Both outlive this.
  ReadView(const Engine& engine, StoreMemory& memory) : engine_(engine), memory_(memory) {}
  ReadView(const ReadView&) = delete;
  ReadView& operator=(const ReadView&) = delete;

  // --- items ---
  /// As of now.
  ItemReading item(const TableSchema& table, const ItemRow& row, ReadTier tier) const;
  /// What is at a key, for a write that is about to be submitted.
  Result<PrefetchedItem> prefetch(const TableEntry& table, const ItemKey& key, ReadTier tier) const;
  /// Each as of now, not all of one moment as items_at() reads them; of any tables; in the order of the rows.
  std::vector<ItemReading> items(const std::vector<const ItemRow*>& rows, ReadTier tier) const;
  /// Now.
  ReadMoment moment() const { return engine_.snapshot(); }
  /// Of any tables, all as they were at `moment`.
  std::vector<ItemReading> items_at(const ReadMoment& moment, const std::vector<const ItemRow*>& rows,
                                    ReadTier tier) const;

  // --- partitions and ranges of tables and indexes ---
  /// `source` outlives the walk.
  SourceRows rows(const ReadSource& source, bool fetch, const ReadBounds& bounds) const;

  /// kValidation if `range.after` is no place of the table.
  Result<TableScan> scan(const ScanRange& range) const;
  /// Bytes that an item collection takes where it is kept, about, without reading it: the items of one
  /// partition key, with their entries in the local indexes.
  std::uint64_t collection_bytes(const TableSchema& table, const ItemKey& key) const;
  /// Of all collections of the table together.
  std::uint64_t collections_bytes(const TableSchema& table) const;

  // --- conflicts ---
  /// Of one table, or of all without one, oldest first in each; from `from` on (a `next` of before; empty =
  /// the first). Waits for the disk.
  Result<ConflictsRead> conflicts(std::optional<TableId> table, const std::string& from,
                                  std::size_t conflicts_max, std::size_t bytes_max) const;

  // --- the expiry index (expiry_rows.h) ---
  /// While it is being filled: the item row up to which that is done, or empty. nullopt: it is complete.
  Result<std::optional<std::string>> expiry_cursor(TableId table, ReadTier tier) const;
  /// All items are in it, and a crash would not change that.
  Result<bool> expiry_fill_is_flushed(TableId table) const;
  /// Rows of the seconds [first_s, last_s] that are not before `begin` (an encoded row), soonest first.
  Result<std::vector<ExpiryRow>> expiry_rows(TableId table, std::uint64_t first_s, std::uint64_t last_s,
                                             const std::string& begin, std::size_t rows_max) const;

  // --- rows that rooms keep in the catalog family ---
  Result<std::optional<std::string>> row(const RoomRow& row, ReadTier tier) const;
  /// Calls `visit` with the value of each row that begins with `beginning`, in order, until it answers an
  /// Error. Waits for the disk.
  Status each_row(const RoomRow& beginning, const std::function<Status(std::string_view value)>& visit) const;

 private:
  const Engine& engine_;
  StoreMemory& memory_;
};

}  // namespace gyre::storage
