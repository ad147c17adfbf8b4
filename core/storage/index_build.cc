// SPDX-License-Identifier: Apache-2.0
#include "core/storage/index_build.h"

#include <algorithm>
#include <utility>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/model/find_index.h"
#include "core/storage/catalog_rows.h"
#include "core/storage/row_keys.h"

namespace gyre::storage {
namespace {

bool unfinished(const IndexSchema& index) {
  return index.status == IndexStatus::kCreating || index.status == IndexStatus::kDeleting;
}

IndexStep::Kind kind_of(const IndexSchema& index) {
  if (index.status == IndexStatus::kDeleting) return IndexStep::Kind::kRemove;
  return index.backfilling ? IndexStep::Kind::kFill : IndexStep::Kind::kBegin;
}

// Reads the keys of the items behind the cursor.
Status plan_fill(const Engine& engine, const TableSchema& table, IndexStep& step) {
  auto [lower, upper] = table_rows(table.id);
  ASSIGN_OR_RETURN(const std::optional<EngineValue> cursor,
                   engine.get(Family::kCatalog, index_build_row(step.index).key(), ReadTier::kAll));
  if (cursor) lower = std::string(cursor->view()) + '\0';
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
  step.last = true;
  return rows->status();
}

Status fill(const IndexStep& step, const TableEntry& table, WriteTransaction& transaction) {
  for (const ItemKey& key : step.keys)
    RETURN_IF_ERROR(transaction.items().add_to_index(table, step.index, key));
  if (!step.last) {
    transaction.rows().put(index_build_row(step.index), step.through);
    return {};
  }
  transaction.rows().erase(index_build_row(step.index));
  TableSchema schema = table.schema;
  IndexSchema& index = *find_index(schema, step.index);
  index.status = IndexStatus::kActive;
  index.backfilling = false;
  log_info("table {}: index {} is complete", schema.name, index.name);
  return transaction.catalog().put_table(std::move(schema));
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
                                                 TableId table_id, IndexId index_id) {
  const TablePointer table = catalog.find(table_id);
  if (table == nullptr || table->schema.deleted_ms) return std::optional<IndexStep>();
  const IndexSchema* index = find_index(table->schema, index_id);
  if (index == nullptr || !unfinished(*index)) return std::optional<IndexStep>();
  IndexStep step;
  step.kind = kind_of(*index);
  step.table = table_id;
  step.index = index_id;
  if (step.kind == IndexStep::Kind::kFill) RETURN_IF_ERROR(plan_fill(engine, table->schema, step));
  return std::optional(std::move(step));
}

Status take_index_step(const IndexStep& step, WriteTransaction& transaction) {
  const TablePointer table = transaction.catalog().find(step.table);
  if (table == nullptr || table->schema.deleted_ms) return {};
  const IndexSchema* index = find_index(table->schema, step.index);
  if (index == nullptr || !unfinished(*index) || kind_of(*index) != step.kind) return {};
  if (step.kind == IndexStep::Kind::kFill) return fill(step, *table, transaction);
  TableSchema schema = table->schema;
  if (step.kind == IndexStep::Kind::kBegin) {
    find_index(schema, step.index)->backfilling = true;
  } else {
    log_info("table {}: index {} is removed", schema.name, index->name);
    std::erase_if(schema.indexes, [&](const IndexSchema& one) { return one.id == step.index; });
    transaction.rows().erase(index_build_row(step.index));
  }
  return transaction.catalog().put_table(std::move(schema));
}

}  // namespace gyre::storage
