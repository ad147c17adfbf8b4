// SPDX-License-Identifier: Apache-2.0
#include "core/storage/recovery.h"

#include <algorithm>

#include "core/storage/catalog_rows.h"
#include "core/storage/row_keys.h"

namespace gyre::storage {
namespace {

using Entries = std::map<TableId, std::shared_ptr<TableEntry>>;

Status found_store(Engine& engine, const RegionId& region, Epoch epoch) {
  Batch batch;
  std::string value;
  append_u64_be(value, epoch.value());
  batch.put(Family::kCatalog, std::string(kEpochRow), std::move(value));
  batch.put(Family::kCatalog, std::string(kRegionRow), region.name());
  const CommitResult result = commit_and_wait(engine, batch, Durability::kSync);
  if (result.outcome != CommitOutcome::kCommitted)
    return Error::internal("cannot make a store: " + result.reason);
  return {};
}

Result<Epoch> read_epoch(Engine& engine, const RegionId& region,
                         const std::function<std::uint64_t()>& random) {
  ASSIGN_OR_RETURN(const auto epoch, engine.get(Family::kCatalog, kEpochRow, ReadTier::kAll));
  if (!epoch) {
    const Epoch made(std::max<std::uint64_t>(random(), 1));  // 0 means any epoch
    RETURN_IF_ERROR(found_store(engine, region, made));
    return made;
  }
  ASSIGN_OR_RETURN(const auto owner, engine.get(Family::kCatalog, kRegionRow, ReadTier::kAll));
  if (!owner) return Error::corruption("the store does not say which region it belongs to");
  if (owner->view() != region.name()) {
    return Error::validation("the store belongs to region " + std::string(owner->view()) + ", not to " +
                             region.name());
  }
  ByteReader reader(epoch->view());
  ASSIGN_OR_RETURN(const std::uint64_t value, reader.u64_be());
  return Epoch(value);
}

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

// Takes over the last record of a shard that may still grow.
Status read_head(const Engine& engine, ShardId shard, LogState& log) {
  const auto [lower, upper] = shard_rows(shard);
  const auto rows = engine.iterate(Family::kChanges, {.lower = lower, .upper = upper});
  rows->seek_to_last();
  RETURN_IF_ERROR(rows->status());
  ShardHead& head = log.heads[shard];
  head.shard = shard;
  if (!rows->valid()) return {};
  ASSIGN_OR_RETURN(const LogPosition last, read_log_position(rows->value()));
  if (rows->key() != change_row(last.shard, last.sequence)) {
    return Error::corruption("the last record of " + shard_id_text(shard) + " is in the wrong place");
  }
  head = {shard, last.sequence, last.ordinal, last.cumulative_bytes};
  log.clock.observe(last.commit_time);
  return {};
}

Status read_clock_row(const Engine& engine, LogState& log) {
  ASSIGN_OR_RETURN(const auto value, engine.get(Family::kCatalog, kClockRow, ReadTier::kAll));
  if (!value) return {};
  ByteReader reader(value->view());
  ASSIGN_OR_RETURN(const std::uint64_t stamp, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t sequence, reader.u64_be());
  log.clock.observe(stamp);
  log.last_sequence = SequenceNumber(sequence);
  return {};
}

// The catalog shard is never trimmed, and whatever closes a shard writes to it: with the open shards it tells
// the newest sequence and stamp.
Status read_log(const Engine& engine, const Entries& tables, LogState& log) {
  RETURN_IF_ERROR(read_clock_row(engine, log));
  RETURN_IF_ERROR(read_head(engine, kCatalogShard, log));
  for (const auto& [id, table] : tables) {
    for (const ShardDescriptor& shard : table->shards) {
      if (shard.open()) {
        RETURN_IF_ERROR(read_head(engine, shard.id, log));
      } else {
        log.heads[shard.id] = {shard.id, shard.last_sequence, shard.last_ordinal,
                               shard.last_cumulative_bytes};
      }
    }
  }
  for (const auto& [id, head] : log.heads) log.last_sequence = std::max(log.last_sequence, head.sequence);
  return {};
}

// A living table without counts is of a store that was written before there were any: its rows are counted
// once.
Result<std::map<TableId, TableCounts>> read_counts(Engine& engine, const Entries& tables) {
  std::map<TableId, TableCounts> all;
  Batch counted;
  for (const auto& [id, table] : tables) {
    if (table->schema.deleted_ms) continue;
    ASSIGN_OR_RETURN(const auto row, engine.get(Family::kCatalog, counts_row(id), ReadTier::kAll));
    if (row) {
      ASSIGN_OR_RETURN(all[id], decode_table_counts(row->view()));
      continue;
    }
    ASSIGN_OR_RETURN(all[id], count_rows(engine, table->schema));
    counted.put(Family::kCatalog, counts_row(id), encode_table_counts(all[id]));
  }
  if (counted.empty()) return all;
  const CommitResult result = commit_and_wait(engine, counted, Durability::kSync);
  if (result.outcome != CommitOutcome::kCommitted) {
    return Error::internal("cannot keep the counts of tables: " + result.reason);
  }
  return all;
}

}  // namespace

Result<Recovered> recover(Engine& engine, const RegionId& region,
                          const std::function<std::uint64_t()>& random) {
  Recovered recovered;
  ASSIGN_OR_RETURN(recovered.epoch, read_epoch(engine, region, random));
  ASSIGN_OR_RETURN(const Entries tables, read_tables(engine));
  RETURN_IF_ERROR(read_log(engine, tables, recovered.log));
  ASSIGN_OR_RETURN(recovered.log.counts, read_counts(engine, tables));
  std::map<TableId, TablePointer> entries(tables.begin(), tables.end());
  recovered.catalog = std::make_shared<const CatalogSnapshot>(CatalogSnapshot::of(std::move(entries)));
  return recovered;
}

}  // namespace gyre::storage
