// SPDX-License-Identifier: Apache-2.0
#include "core/storage/table_counts.h"

#include <utility>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/log.h"
#include "core/storage/catalog_rows.h"
#include "core/storage/index_rows.h"
#include "core/storage/row_keys.h"
#include "core/storage/stored_item.h"

namespace gyre::storage {
namespace {

constexpr std::uint8_t kCountsFormat = 1;
constexpr std::size_t kCountReadAheadBytes = 256 * 1024;

std::uint64_t changed(std::uint64_t before, std::int64_t by) {
  if (by >= 0) return before + static_cast<std::uint64_t>(by);
  const std::uint64_t less = 0 - static_cast<std::uint64_t>(by);
  if (less <= before) return before - less;
  log_error("ALARM a table's count of rows or bytes would fall below zero: {} less {}", before, less);
  return 0;
}

void append_count(std::string& out, const RowCount& count) {
  append_varint(out, count.rows);
  append_varint(out, count.bytes);
}

Result<RowCount> read_count(ByteReader& reader) {
  RowCount count;
  ASSIGN_OR_RETURN(count.rows, reader.varint());
  ASSIGN_OR_RETURN(count.bytes, reader.varint());
  return count;
}

struct CountOptions {
  const Snapshot* snapshot = nullptr;
  std::size_t readahead_bytes = 0;
  const std::atomic<bool>* interrupted = nullptr;
};

// `bytes_of` answers DynamoDB's size of a row's value. An interrupted count is of no use.
template <class BytesOf>
Result<RowCount> count_range(const Engine& engine, Family family, std::pair<std::string, std::string> range,
                             BytesOf&& bytes_of, const CountOptions& options = {}) {
  RowCount count;
  const std::unique_ptr<Iterator> rows = engine.iterate(family, {.lower = std::move(range.first),
                                                                 .upper = std::move(range.second),
                                                                 .snapshot = options.snapshot,
                                                                 .readahead_bytes = options.readahead_bytes});
  for (rows->seek_to_first(); rows->valid(); rows->next()) {
    if (options.interrupted != nullptr && *options.interrupted) break;
    ASSIGN_OR_RETURN(const std::uint64_t bytes, bytes_of(rows->value()));
    ++count.rows;
    count.bytes += bytes;
  }
  RETURN_IF_ERROR(rows->status());
  return count;
}

Result<std::uint64_t> entry_bytes(std::string_view value) {
  ASSIGN_OR_RETURN(const IndexEntry entry, read_index_entry(value));
  return entry.dynamodb_bytes;
}

}  // namespace

void add_wrapping(RowCount& count, const RowDelta& delta) {
  count.rows += static_cast<std::uint64_t>(delta.rows);
  count.bytes += static_cast<std::uint64_t>(delta.bytes);
}

void add_delta(RowCount& count, const RowDelta& delta) {
  count = {changed(count.rows, delta.rows), changed(count.bytes, delta.bytes)};
}

std::string encode_table_counts(const TableCounts& counts) {
  std::string out;
  append_u8(out, kCountsFormat);
  append_count(out, counts.items);
  append_varint(out, counts.indexes.size());
  for (const auto& [index, count] : counts.indexes) {
    append_u64_be(out, index.value());
    append_count(out, count);
  }
  return out;
}

Result<TableCounts> decode_table_counts(std::string_view bytes) {
  ByteReader reader(bytes);
  ASSIGN_OR_RETURN(const std::uint8_t format, reader.u8());
  if (format != kCountsFormat) return Error::corruption("a table's counts have an unknown format");
  TableCounts counts;
  ASSIGN_OR_RETURN(counts.items, read_count(reader));
  ASSIGN_OR_RETURN(const std::uint64_t indexes, reader.varint());
  for (std::uint64_t i = 0; i < indexes; ++i) {
    ASSIGN_OR_RETURN(const std::uint64_t id, reader.u64_be());
    ASSIGN_OR_RETURN(const RowCount count, read_count(reader));
    if (!counts.indexes.emplace(IndexId(id), count).second) {
      return Error::corruption("a table's counts name an index twice");
    }
  }
  if (!reader.rest().empty()) return Error::corruption("a table's counts have bytes left over");
  return counts;
}

Result<TableCounts> count_rows(const Engine& engine, const TableSchema& table) {
  TableCounts counts;
  ASSIGN_OR_RETURN(counts.items, count_range(engine, Family::kItems, table_rows(table.id),
                                             [](std::string_view value) -> Result<std::uint64_t> {
                                               ASSIGN_OR_RETURN(const StoredImage item, stored_image(value));
                                               return item.dynamodb_bytes;
                                             }));
  for (const IndexSchema& index : table.indexes) {
    ASSIGN_OR_RETURN(const RowCount count,
                     count_range(engine, Family::kIndexes, index_rows(index.id), entry_bytes));
    if (count != RowCount()) counts.indexes.emplace(index.id, count);
  }
  return counts;
}

Result<std::optional<RowDelta>> uncounted_entries(const Engine& engine, TableId table, IndexId index,
                                                  const std::atomic<bool>& interrupted) {
  const std::shared_ptr<const Snapshot> snapshot = engine.snapshot();
  ASSIGN_OR_RETURN(const RowCount there, count_range(engine, Family::kIndexes, index_rows(index), entry_bytes,
                                                     {snapshot.get(), kCountReadAheadBytes, &interrupted}));
  if (interrupted) return std::optional<RowDelta>();
  auto rows = engine.multi_get(Family::kCatalog, {counts_row(table)}, ReadTier::kAll, snapshot.get());
  RETURN_IF_ERROR(rows.front());
  if (!*rows.front()) return Error::corruption("a table has no counts");
  ASSIGN_OR_RETURN(const TableCounts counts, decode_table_counts((*rows.front())->view()));
  const auto counted = counts.indexes.find(index);
  const RowCount known = counted == counts.indexes.end() ? RowCount() : counted->second;
  return std::optional(RowDelta{static_cast<std::int64_t>(there.rows - known.rows),
                                static_cast<std::int64_t>(there.bytes - known.bytes)});
}

}  // namespace gyre::storage
