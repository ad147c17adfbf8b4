// SPDX-License-Identifier: Apache-2.0
#include "core/storage/read_view.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/base/check.h"
#include "core/storage/fills.h"
#include "core/storage/store_memory.h"

namespace gyre::storage {
namespace {

ItemReading found_in(Result<std::optional<EngineValue>> value) {
  if (!value.ok()) return std::move(value).error();
  if (!*value) return std::optional<FoundItem>();
  ASSIGN_OR_RETURN(const StoredImage image, stored_image((*value)->view()));
  return std::optional<FoundItem>(std::in_place, *std::move(*value), image);
}

ItemReading found_in(StoredPointer item) {
  if (!item->exists()) return std::optional<FoundItem>();
  return std::optional<FoundItem>(std::in_place, std::move(item));
}

}  // namespace

ItemReading ReadView::item(const TableSchema& table, const ItemRow& row, ReadTier tier) const {
  ASSIGN_OR_RETURN(StoredPointer item, memory_.items.read(engine_, table, row.bytes(), tier));
  return found_in(std::move(item));
}

Result<PrefetchedItem> ReadView::prefetch(const TableEntry& table, const ItemKey& key, ReadTier tier) const {
  PrefetchedItem prefetched;
  prefetched.commits = memory_.items.commits();  // first: what is committed meanwhile counts as later
  prefetched.row = item_row(table.schema.id, key);
  ASSIGN_OR_RETURN(prefetched.item, memory_.items.read(engine_, table.schema, prefetched.row, tier));
  return prefetched;
}

// What is in memory is answered from there; the engine is asked for the others in one go. They are not kept:
// who reads many at once seldom reads them again, and would drive out what others do.
std::vector<ItemReading> ReadView::items(const std::vector<const ItemRow*>& rows, ReadTier tier) const {
  std::vector<ItemReading> found(rows.size(), ItemReading(std::nullopt));
  std::vector<std::size_t> missing;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (StoredPointer item = memory_.items.find(rows[i]->bytes())) {
      found[i] = found_in(std::move(item));
    } else {
      missing.push_back(i);
      keys.push_back(rows[i]->bytes());
    }
  }
  if (keys.empty()) return found;
  auto values = engine_.multi_get(Family::kItems, keys, tier, nullptr);
  CHECK(values.size() == missing.size());
  for (std::size_t i = 0; i < missing.size(); ++i) found[missing[i]] = found_in(std::move(values[i]));
  return found;
}

std::vector<ItemReading> ReadView::items_at(const ReadMoment& moment, const std::vector<const ItemRow*>& rows,
                                            ReadTier tier) const {
  std::vector<std::string> keys;
  keys.reserve(rows.size());
  for (const ItemRow* row : rows) keys.push_back(row->bytes());
  auto values = engine_.multi_get(Family::kItems, keys, tier, moment.get());
  CHECK(values.size() == rows.size());
  std::vector<ItemReading> found;
  found.reserve(values.size());
  for (auto& value : values) found.push_back(found_in(std::move(value)));
  return found;
}

SourceRows ReadView::rows(const ReadSource& source, bool fetch, const ReadBounds& bounds) const {
  return {engine_, memory_.partitions, source, fetch, bounds};
}

Result<TableScan> ReadView::scan(const ScanRange& range) const {
  auto [lower, upper] = hash_range_rows(range.table, range.hash_first, range.hash_last);
  if (!range.after.empty()) {
    if (range.after < lower || range.after >= upper) {
      return Error::validation("the scan position lies outside the table");
    }
    lower = range.after + '\0';  // the first row after it
  }
  return TableScan(engine_, lower, upper, range.tombstones);
}

// A local index has the table's partition key, so its entries are under the same one.
std::uint64_t ReadView::collection_bytes(const TableSchema& table, const ItemKey& key) const {
  const auto bytes_behind = [this](Family family, const std::string& prefix) {
    return engine_.range_bytes(family, prefix, prefix_end(prefix));
  };
  std::uint64_t bytes = bytes_behind(Family::kItems, partition_prefix(table.id, key));
  for (const IndexSchema& index : table.indexes) {
    if (index.local) bytes += bytes_behind(Family::kIndexes, index_partition_prefix(index.id, key));
  }
  return bytes;
}

std::uint64_t ReadView::collections_bytes(const TableSchema& table) const {
  const auto bytes_of = [this](Family family, const std::pair<std::string, std::string>& rows) {
    return engine_.range_bytes(family, rows.first, rows.second);
  };
  std::uint64_t bytes = bytes_of(Family::kItems, table_rows(table.id));
  for (const IndexSchema& index : table.indexes) {
    if (index.local) bytes += bytes_of(Family::kIndexes, index_rows(index.id));
  }
  return bytes;
}

Result<ConflictsRead> ReadView::conflicts(std::optional<TableId> table, const std::string& from,
                                          std::size_t conflicts_max, std::size_t bytes_max) const {
  IterateOptions options;
  if (table) std::tie(options.lower, options.upper) = table_rows(*table);
  options.lower = std::max(options.lower, from);
  ConflictsRead read;
  if (!options.upper.empty() && options.lower >= options.upper) return read;
  const auto rows = engine_.iterate(Family::kConflicts, options);
  std::size_t bytes = 0;
  rows->seek_to_first();
  for (; rows->valid() && read.conflicts.size() < conflicts_max && bytes < bytes_max; rows->next()) {
    ASSIGN_OR_RETURN(Conflict conflict, decode_conflict(rows->value()));
    read.conflicts.push_back(std::move(conflict));
    bytes += rows->value().size();
  }
  RETURN_IF_ERROR(rows->status());
  if (rows->valid()) read.next = rows->key();
  return read;
}

Result<std::optional<std::string>> ReadView::expiry_cursor(TableId table, ReadTier tier) const {
  ASSIGN_OR_RETURN(const std::optional<EngineValue> value,
                   engine_.get(Family::kIndexes, expiry_cursor_row(table), tier));
  return value ? std::optional(std::string(value->view())) : std::nullopt;
}

Result<bool> ReadView::expiry_fill_is_flushed(TableId table) const {
  return is_flushed_fill(engine_, Family::kIndexes, expiry_cursor_row(table), table);
}

Result<std::vector<ExpiryRow>> ReadView::expiry_rows(TableId table, std::uint64_t first_s,
                                                     std::uint64_t last_s, const std::string& begin,
                                                     std::size_t rows_max) const {
  auto [lower, upper] = storage::expiry_rows(table, first_s, last_s);
  if (lower < begin) lower = begin;
  std::vector<ExpiryRow> found;
  if (lower >= upper) return found;
  const auto rows = engine_.iterate(Family::kIndexes, {.lower = std::move(lower), .upper = std::move(upper)});
  for (rows->seek_to_first(); rows->valid() && found.size() < rows_max; rows->next()) {
    ASSIGN_OR_RETURN(ExpiryRow row, read_expiry_row(rows->key()));
    found.push_back(std::move(row));
  }
  RETURN_IF_ERROR(rows->status());
  return found;
}

Result<std::optional<std::string>> ReadView::row(const RoomRow& row, ReadTier tier) const {
  ASSIGN_OR_RETURN(const std::optional<EngineValue> value, engine_.get(Family::kCatalog, row.key(), tier));
  return value ? std::optional(std::string(value->view())) : std::nullopt;
}

Status ReadView::each_row(const RoomRow& beginning,
                          const std::function<Status(std::string_view value)>& visit) const {
  const auto rows =
      engine_.iterate(Family::kCatalog, {.lower = beginning.key(), .upper = prefix_end(beginning.key())});
  for (rows->seek_to_first(); rows->valid(); rows->next()) RETURN_IF_ERROR(visit(rows->value()));
  return rows->status();
}

}  // namespace gyre::storage
