// SPDX-License-Identifier: Apache-2.0
#include "core/storage/index_build.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/model/find_index.h"
#include "core/storage/catalog_rows.h"
#include "core/storage/fills.h"
#include "core/storage/row_keys.h"

namespace gyre::storage {
namespace {

bool unfinished(const IndexSchema& index) {
  return index.status == IndexStatus::kCreating || index.status == IndexStatus::kDeleting;
}

// Reads the keys of the items behind `cursor`.
Status plan_fill(const Engine& engine, const TableSchema& table, std::string_view cursor, IndexStep& step) {
  auto [lower, upper] = table_rows(table.id);
  if (!cursor.empty()) lower = std::string(cursor) + '\0';
  const std::unique_ptr<Iterator> rows =
      engine.iterate(Family::kItems, {.lower = std::move(lower), .upper = std::move(upper)});
  std::size_t bytes = 0;
  for (rows->seek_to_first(); rows->valid(); rows->next()) {
    if (step.keys.size() >= limits::kIndexStepItems || bytes >= limits::kIndexStepBytes) return {};
    ASSIGN_OR_RETURN(ItemKey key, read_item_row(rows->key(), table.key_schema));
    step.keys.push_back(std::move(key));
    step.through = rows->key();
    bytes += rows->value().size();
  }
  step.through = end_of_fill(table.id);
  return rows->status();
}

// What is next for an index that is filled, or is not yet.
Result<std::optional<IndexStep>> plan_backfill(const Engine& engine, const TableSchema& table, IndexId index,
                                               const std::atomic<bool>& interrupted) {
  IndexStep step{IndexStep::Kind::kFill, table.id, index};
  const std::string row = index_build_row(index).key();
  ASSIGN_OR_RETURN(const auto cursor, engine.get(Family::kCatalog, row, ReadTier::kAll));
  if (!cursor || cursor->view() != end_of_fill(table.id)) {
    RETURN_IF_ERROR(plan_fill(engine, table, cursor ? cursor->view() : std::string_view(), step));
    return std::optional(std::move(step));
  }
  ASSIGN_OR_RETURN(const bool flushed, is_flushed_fill(engine, Family::kCatalog, row, table.id));
  step.kind = flushed ? IndexStep::Kind::kComplete : IndexStep::Kind::kFlush;
  if (!flushed) return std::optional(std::move(step));
  ASSIGN_OR_RETURN(const std::optional<RowDelta> missing,
                   uncounted_entries(engine, table.id, index, interrupted));
  if (!missing) return std::optional<IndexStep>();
  step.missing = *missing;
  return std::optional(std::move(step));
}

// Has what the step was planned for come about, and not gone again?
bool still_wanted(IndexStep::Kind kind, const IndexSchema& index) {
  if (kind == IndexStep::Kind::kRemove) return index.status == IndexStatus::kDeleting;
  return index.status == IndexStatus::kCreating && index.backfilling == (kind != IndexStep::Kind::kBegin);
}

Status fill(const IndexStep& step, const TableEntry& table, WriteTransaction& transaction) {
  for (const ItemKey& key : step.keys)
    RETURN_IF_ERROR(transaction.items().add_to_index(table, step.index, key));
  transaction.rows().put(index_build_row(step.index), step.through);
  return {};
}

}  // namespace

std::vector<std::pair<TableId, IndexId>> unfinished_indexes(const CatalogSnapshot& catalog) {
  std::vector<std::pair<TableId, IndexId>> found;
  for (const auto& [id, table] : catalog.tables()) {
    if (table->schema.deleted_ms) continue;
    for (const IndexSchema& index : table->schema.indexes) {
      if (unfinished(index)) found.emplace_back(id, index.id);
    }
  }
  return found;
}

Result<std::optional<IndexStep>> plan_index_step(const Engine& engine, const CatalogSnapshot& catalog,
                                                 TableId table_id, IndexId index_id,
                                                 const std::atomic<bool>& interrupted) {
  const TablePointer table = catalog.find(table_id);
  if (table == nullptr || table->schema.deleted_ms) return std::optional<IndexStep>();
  const IndexSchema* index = find_index(table->schema, index_id);
  if (index == nullptr || !unfinished(*index)) return std::optional<IndexStep>();
  if (index->status == IndexStatus::kDeleting) {
    return std::optional(IndexStep{IndexStep::Kind::kRemove, table_id, index_id});
  }
  if (!index->backfilling) return std::optional(IndexStep{IndexStep::Kind::kBegin, table_id, index_id});
  return plan_backfill(engine, table->schema, index_id, interrupted);
}

Status take_index_step(const IndexStep& step, WriteTransaction& transaction) {
  CHECK(step.kind != IndexStep::Kind::kFlush);
  const TablePointer table = transaction.catalog().find(step.table);
  if (table == nullptr || table->schema.deleted_ms) return {};
  const IndexSchema* index = find_index(table->schema, step.index);
  if (index == nullptr || !still_wanted(step.kind, *index)) return {};
  if (step.kind == IndexStep::Kind::kFill) return fill(step, *table, transaction);
  TableSchema schema = table->schema;
  IndexSchema& changed = *find_index(schema, step.index);
  if (step.kind == IndexStep::Kind::kBegin) {
    changed.backfilling = true;
  } else if (step.kind == IndexStep::Kind::kComplete) {
    transaction.items().complete_index(step.table, step.index, step.missing);
    changed.status = IndexStatus::kActive;
    changed.backfilling = false;
    log_info("table {}: index {} is complete", schema.name, changed.name);
  } else {
    log_info("table {}: index {} is removed", schema.name, changed.name);
    transaction.rows().erase(index_build_row(step.index));
    std::erase_if(schema.indexes, [&](const IndexSchema& one) { return one.id == step.index; });
  }
  return transaction.catalog().put_table(std::move(schema));
}

}  // namespace gyre::storage
