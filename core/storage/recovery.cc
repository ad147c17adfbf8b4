// SPDX-License-Identifier: Apache-2.0
#include "core/storage/recovery.h"

#include <algorithm>

#include "core/storage/catalog_rows.h"
#include "core/storage/row_keys.h"
#include "core/storage/shard_heads.h"

namespace gyre::storage {
namespace {

using Entries = std::map<TableId, std::shared_ptr<TableEntry>>;

template <class Visit>
Status for_each_row(const Engine& engine, std::string_view prefix, Visit&& visit) {
  const std::string lower(prefix);
  const auto rows = engine.iterate(Family::kCatalog, {.lower = lower, .upper = prefix_end(lower)});
  for (rows->seek_to_first(); rows->valid(); rows->next()) RETURN_IF_ERROR(visit(rows->value()));
  return rows->status();
}

Result<Entries> read_tables(const Engine& engine) {
  Entries entries;
  RETURN_IF_ERROR(for_each_row(engine, kTablePrefix, [&](std::string_view value) -> Status {
    auto entry = std::make_shared<TableEntry>();
    ASSIGN_OR_RETURN(entry->schema, decode_table(value));
    entries[entry->schema.id] = entry;
    return {};
  }));
  // Rows are in the order of table and shard: so are each table's shards.
  RETURN_IF_ERROR(for_each_row(engine, kShardPrefix, [&](std::string_view value) -> Status {
    ASSIGN_OR_RETURN(ShardDescriptor shard, decode_shard(value));
    const auto table = entries.find(shard.table);
    if (table == entries.end()) return Error::corruption("a shard has no table: " + shard_id_text(shard.id));
    table->second->shards.push_back(std::move(shard));
    return {};
  }));
  return entries;
}

// Where a shard that may still grow has come to.
Result<ShardHead> read_head(const Engine& engine, const log::Log& log, ShardId shard) {
  const std::optional<log::ShardEnds> ends = log.ends(shard);
  std::optional<log::ShardHead> head;
  if (ends) {
    head = ends->head;
  } else {
    ASSIGN_OR_RETURN(head, stored_head(engine, shard));
  }
  if (!head) return ShardHead{shard, {}, {}, 0};
  return ShardHead{shard, head->sequence, head->ordinal, head->cumulative_bytes};
}

Status read_heads(const Engine& engine, const log::Log& log, const Entries& tables,
                  std::map<ShardId, ShardHead>& heads) {
  ASSIGN_OR_RETURN(heads[kCatalogShard], read_head(engine, log, kCatalogShard));
  for (const auto& [id, table] : tables) {
    for (const ShardDescriptor& shard : table->shards) {
      if (shard.open()) {
        ASSIGN_OR_RETURN(heads[shard.id], read_head(engine, log, shard.id));
      } else {
        heads[shard.id] = {shard.id, shard.last_sequence, shard.last_ordinal, shard.last_cumulative_bytes};
      }
    }
  }
  return {};
}

Result<std::map<TableId, TableCounts>> read_counts(const Engine& engine, const Entries& tables) {
  std::map<TableId, TableCounts> all;
  for (const auto& [id, table] : tables) {
    if (table->schema.deleted_ms) continue;
    ASSIGN_OR_RETURN(const auto row, engine.get(Family::kCatalog, counts_row(id), ReadTier::kAll));
    if (!row) return Error::corruption("table " + table->schema.name + " has no counts");
    ASSIGN_OR_RETURN(all[id], decode_table_counts(row->view()));
  }
  return all;
}

}  // namespace

Result<Recovered> recover(const Engine& engine, const log::Log& log) {
  Recovered recovered;
  ASSIGN_OR_RETURN(const Entries tables, read_tables(engine));
  const log::FramePosition last = log.last();
  recovered.log.last_sequence = last.sequence;
  recovered.log.clock.observe(last.stamp);
  RETURN_IF_ERROR(read_heads(engine, log, tables, recovered.log.heads));
  ASSIGN_OR_RETURN(recovered.log.counts, read_counts(engine, tables));
  std::map<TableId, TablePointer> entries(tables.begin(), tables.end());
  recovered.catalog = std::make_shared<const CatalogSnapshot>(CatalogSnapshot::of(std::move(entries)));
  return recovered;
}

}  // namespace gyre::storage
