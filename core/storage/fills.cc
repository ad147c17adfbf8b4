// SPDX-License-Identifier: Apache-2.0
#include "core/storage/fills.h"

#include <functional>
#include <optional>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/model/find_index.h"
#include "core/storage/catalog.h"
#include "core/storage/catalog_rows.h"
#include "core/storage/expiry_rows.h"
#include "core/storage/index_rows.h"
#include "core/storage/row_keys.h"
#include "core/storage/stored_item.h"

namespace gyre::storage {
namespace {

using Entry = std::pair<std::string, std::string>;
// The entry of an item, which lies at `item_row`; nothing: it has none.
using EntryOf =
    std::function<Result<std::optional<Entry>>(std::string_view item_row, std::string_view image)>;

Result<TableSchema> schema_of(const Engine& engine, TableId table) {
  ASSIGN_OR_RETURN(const auto row, engine.get(Family::kCatalog, table_row(table), ReadTier::kAll));
  if (!row) return Error::corruption("a frame tells of a fill in a table that is not there");
  return decode_table(row->view());
}

Result<EntryOf> expiry_entries(const TableSchema& schema) {
  if (!expires(schema))
    return Error::corruption("a frame tells of a fill of an expiry index that is not there");
  return EntryOf([ttl = *schema.time_to_live](std::string_view item_row,
                                              std::string_view image) -> Result<std::optional<Entry>> {
    const auto second = expiry_second(ttl, image);
    if (!second) return std::optional<Entry>();
    return std::optional(Entry{encode_expiry_row({*second, std::string(item_row)}), {}});
  });
}

Result<EntryOf> index_entries(const TableSchema& schema, std::string_view cursor_row) {
  for (const IndexSchema& index : schema.indexes) {
    if (index_build_row(index.id).key() != cursor_row) continue;
    return EntryOf(
        [&schema, &index](std::string_view item_row, std::string_view image) -> Result<std::optional<Entry>> {
          ASSIGN_OR_RETURN(auto entry, index_entry(schema, index, item_row, std::string(image)));
          if (!entry) return std::optional<Entry>();
          return std::optional(Entry{std::move(entry->row), *std::move(entry->value)});
        });
  }
  return Error::corruption("a frame tells of a fill of an index that is not there");
}

// All entries of the items behind the cursor, in batches that bring the cursor along.
Status fill(Engine& engine, Family family, const std::string& cursor_row, TableId table, std::string from,
            const EntryOf& entry_of) {
  const auto [lower, upper] = table_rows(table);
  const auto rows = engine.iterate(Family::kItems,
                                   {.lower = from.empty() ? lower : std::move(from) + '\0', .upper = upper});
  Batch batch;
  for (rows->seek_to_first(); rows->valid(); rows->next()) {
    ASSIGN_OR_RETURN(const StoredImage stored, stored_image(rows->value()));
    ASSIGN_OR_RETURN(auto entry, entry_of(rows->key(), stored.image));
    if (!entry) continue;
    batch.put(Family::kIndexes, std::move(entry->first), std::move(entry->second));
    if (batch.size_bytes() < limits::kWriterBatchBytesMax / 2) continue;
    batch.put(family, cursor_row, std::string(rows->key()));
    RETURN_IF_ERROR(engine.apply(batch));
    batch.clear();
    if (engine.flush_is_due()) RETURN_IF_ERROR(engine.begin_flush());
  }
  RETURN_IF_ERROR(rows->status());
  batch.put(family, cursor_row, end_of_fill(table));
  return engine.apply(batch);
}

}  // namespace

std::string end_of_fill(TableId table) {
  return table_rows(table).second;
}

Result<bool> is_flushed_fill(const Engine& engine, Family family, const std::string& cursor_row,
                             TableId table) {
  ASSIGN_OR_RETURN(const auto cursor, engine.flushed(family, cursor_row));
  return cursor && cursor->view() == end_of_fill(table);
}

Status fill_again(Engine& engine, const log::RowOperation& filled) {
  const auto family = static_cast<Family>(filled.family);
  const std::string cursor_row = filled.key.joined();
  const std::string named = filled.value.joined();
  ByteReader reader(named);
  ASSIGN_OR_RETURN(const std::uint64_t id, reader.u64_be());
  const TableId table(id);
  if (!reader.at_end() || (family != Family::kCatalog && family != Family::kIndexes)) {
    return Error::corruption("a frame tells of a fill of an unknown kind");
  }
  ASSIGN_OR_RETURN(const auto cursor, engine.get(family, cursor_row, ReadTier::kAll));
  std::string from(cursor ? cursor->view() : std::string_view());
  if (from == end_of_fill(table)) return {};
  ASSIGN_OR_RETURN(const TableSchema schema, schema_of(engine, table));
  ASSIGN_OR_RETURN(const EntryOf entry_of,
                   family == Family::kIndexes ? expiry_entries(schema) : index_entries(schema, cursor_row));
  return fill(engine, family, cursor_row, table, std::move(from), entry_of);
}

}  // namespace gyre::storage
