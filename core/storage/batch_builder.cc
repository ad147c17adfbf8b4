// SPDX-License-Identifier: Apache-2.0
#include "core/storage/batch_builder.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/model/find_index.h"
#include "core/storage/catalog_rows.h"
#include "core/storage/expiry_rows.h"
#include "core/storage/row_keys.h"

namespace gyre::storage {
namespace {

// What an item's change record says of it; nothing = no record.
std::optional<ChangeKind> kind_of(const ItemIntent& intent) {
  const std::optional<std::string>& before = intent.before->image;
  if (before == intent.image) {
    // An acknowledged write of an equal value must still win against older concurrent ones of other regions.
    const bool newer = intent.decided ? intent.decided->version != intent.before->version
                                      : intent.table->schema.replicated();
    return newer ? std::optional(ChangeKind::kTouch) : std::nullopt;
  }
  if (!before) return ChangeKind::kInsert;
  return intent.image ? ChangeKind::kModify : ChangeKind::kRemove;
}

struct Counted {
  std::uint32_t records = 0;
  std::uint32_t conflicts = 0;
  HybridTime floor = 0;  // the greatest stamp that a local write overwrites
};

Counted count(const std::vector<Intent>& intents) {
  Counted counted;
  for (const Intent& intent : intents) {
    if (std::holds_alternative<CatalogChange>(intent)) ++counted.records;
    if (std::holds_alternative<Conflict>(intent)) ++counted.conflicts;
    const auto* item = std::get_if<ItemIntent>(&intent);
    if (item == nullptr || !kind_of(*item)) continue;
    ++counted.records;
    if (!item->decided) counted.floor = std::max(counted.floor, item->before->version.clock);
  }
  return counted;
}

TableId table_of(const CatalogChange& change) {
  if (const auto* table = std::get_if<TableChanged>(&change)) return table->schema.id;
  if (const auto* table = std::get_if<TableDropped>(&change)) return table->schema.id;
  if (const auto* shard = std::get_if<ShardChanged>(&change)) return shard->shard.table;
  if (const auto* shard = std::get_if<ShardTrimmed>(&change)) return shard->shard.table;
  return {};
}

}  // namespace

void BatchBuilder::add(StagedRequest& request) {
  const Counted counted = count(request.intents());
  const bool stamped_at_all = counted.records + counted.conflicts > 0;
  const HybridTime stamp = stamped_at_all ? log_.clock.stamp(now_ms_, counted.floor) : 0;
  Stamped stamped{stamp, counted.records > 1 ? stamp : 0, std::max(counted.records, 1U), request, {}};
  // A conflict without a record still needs a sequence of its own.
  if (counted.records == 0 && counted.conflicts > 0) {
    log_.last_sequence = SequenceNumber(log_.last_sequence.value() + 1);
  }
  for (Intent& intent : request.intents()) {
    std::visit([&](auto& kind) { write(stamped, kind); }, intent);
  }
  for (const auto& [row, bytes] : request.entries()) overlay_.set_entry_bytes(row, bytes);
  adopt_catalog(stamped);
}

void BatchBuilder::put_counts() {
  for (const TableId table : counted_) {
    const auto counts = log_.counts.find(table);
    if (counts == log_.counts.end()) {
      batch_.erase(Family::kCatalog, counts_row(table));
    } else {
      batch_.put(Family::kCatalog, counts_row(table), encode_table_counts(counts->second));
    }
  }
}

void BatchBuilder::add_count(TableId table, RowCount& count, const RowDelta& delta) {
  if (delta.zero()) return;
  add_delta(count, delta);
  counted_.insert(table);
}

// --- items ---

void BatchBuilder::write(Stamped& stamped, ItemIntent& intent) {
  const std::optional<ChangeKind> kind = kind_of(intent);
  StoredItem after;
  if (!kind) {
    if (!intent.decided || intent.decided->vector == intent.before->vector) return;
    after = *intent.before;
    after.vector = intent.decided->vector;
    put_stored(intent, after, {});
    return overlay_.set_item(intent.row, std::make_shared<const StoredItem>(std::move(after)));
  }
  ChangeRecord record = new_record(stamped, *kind, intent.shard);
  record.table = intent.table->schema.id;
  record.keys = std::move(intent.keys);
  record.replaced = intent.before->version;
  if (intent.decided) {
    record.version = std::move(intent.decided->version);
    record.vector = std::move(intent.decided->vector);
    record.origin = std::move(intent.decided->origin);
    record.backfill = intent.decided->backfill;
    if (is_expiry(record.version) && record.origin.region == region_ && record.origin.sequence.value() == 0) {
      record.origin.sequence = record.sequence;
    }
  } else {
    record.version = {stamped.stamp, region_};
    record.vector = intent.before->vector;
    record.vector.observe(intent.table->schema.incarnation, stamped.stamp);
    record.origin.incarnation = intent.table->schema.incarnation;
  }
  const auto bytes_of = [](const std::optional<std::string>& image) -> std::string_view {
    return image ? *image : std::string_view();
  };
  const Audit& audit = intent.decided ? intent.decided->audit : stamped.request.audit();
  const log::Reference image =
      append(record, {bytes_of(intent.before->image), bytes_of(intent.image), audit});

  after = {std::move(intent.image), std::move(record.version), std::move(record.vector), record.sequence,
           intent.dynamodb_bytes};
  put_stored(intent, after, image);
  const std::uint64_t bytes_before = intent.before->exists() ? intent.before->dynamodb_bytes : 0;
  const std::uint64_t bytes_after = after.exists() ? after.dynamodb_bytes : 0;
  add_count(record.table, log_.counts[record.table].items,
            {(after.exists() ? 1 : 0) - (intent.before->exists() ? 1 : 0),
             static_cast<std::int64_t>(bytes_after) - static_cast<std::int64_t>(bytes_before)});
  for (IndexChange& change : intent.index_changes) {
    count_entries(record.table, change.index, change.delta, change.being_built);
    put_entry(change, bytes_of(after.image), image);
  }
  overlay_.set_item(intent.row, std::make_shared<const StoredItem>(std::move(after)));
}

void BatchBuilder::count_entries(TableId table, IndexId index, const RowDelta& delta, bool being_built) {
  if (delta.zero()) return;
  auto& indexes = log_.counts[table].indexes;
  RowCount& entries = indexes[index];
  if (being_built) {
    add_wrapping(entries, delta);
    counted_.insert(table);
  } else {
    add_count(table, entries, delta);
  }
  if (entries == RowCount()) indexes.erase(index);
}

// An entry that holds all of the item ends with its image.
void BatchBuilder::put_entry(IndexChange& change, std::string_view image, const log::Reference& tail) {
  if (change.value && tail.length > 0 && change.value->ends_with(image)) {
    change.value->resize(change.value->size() - image.size());
    batch_.put(Family::kIndexes, std::move(change.row), *std::move(change.value), tail);
  } else if (change.value) {
    batch_.put(Family::kIndexes, std::move(change.row), *std::move(change.value));
  } else {
    batch_.erase(Family::kIndexes, std::move(change.row));
  }
}

void BatchBuilder::put_stored(const ItemIntent& intent, const StoredItem& after,
                              const log::Reference& image) {
  const TableSchema& table = intent.table->schema;
  if (expires(table)) {
    index_expiry(*table.time_to_live, intent.row, intent.before->image, after.image, batch_);
  }
  if (after.exists()) {
    if (image.length > 0) {
      batch_.put(Family::kItems, intent.row, encode_stored_header(after), image);
    } else {
      batch_.put(Family::kItems, intent.row, encode_stored_item(after));
    }
    if (intent.before->tombstone()) batch_.erase(Family::kTombstones, intent.row);
    return;
  }
  if (intent.before->exists()) batch_.erase(Family::kItems, intent.row);
  const bool decided_elsewhere = intent.decided && !is_expiry(after.version);
  if (decided_elsewhere || keeps_tombstones(table)) {
    batch_.put(Family::kTombstones, intent.row, encode_stored_item(after));
  }
}

void BatchBuilder::write(Stamped&, VectorIntent& intent) {
  const Family family = intent.after->exists() ? Family::kItems : Family::kTombstones;
  batch_.put(family, intent.row, encode_stored_item(*intent.after));
  overlay_.set_item(intent.row, std::move(intent.after));
}

void BatchBuilder::write(Stamped&, IndexIntent& intent) {
  put_entry(intent.entry);
}

void BatchBuilder::write(Stamped&, FilledIntent& intent) {
  batch_.filled(intent.family, intent.cursor_row, intent.table);
  batch_.erase(intent.family, std::move(intent.cursor_row));
  if (intent.index != IndexId()) count_entries(intent.table, intent.index, intent.missing, true);
}

void BatchBuilder::write(Stamped&, RowIntent& intent) {
  if (intent.value) {
    batch_.put(Family::kCatalog, intent.key, *intent.value);
  } else {
    batch_.erase(Family::kCatalog, intent.key);
  }
  overlay_.set_row(intent.key, std::move(intent.value));
}

void BatchBuilder::write(Stamped& stamped, Conflict& conflict) {
  conflict.sequence = log_.last_sequence;
  conflict.commit_time = stamped.stamp;
  batch_.put(Family::kConflicts, conflict_row(conflict.table, conflict.sequence, stamped.conflicts++),
             encode_conflict(conflict));
}

// --- the catalog ---

void BatchBuilder::write(Stamped& stamped, CatalogChange& change) {
  std::visit([&](auto& kind) { write_rows(stamped, kind); }, change);
  ChangeRecord record = new_record(stamped, ChangeKind::kCatalog, kCatalogShard);
  record.table = table_of(change);
  record.catalog_change = encode_catalog_change(change);
  append(record, {{}, {}, stamped.request.audit()});
}

void BatchBuilder::write_rows(Stamped&, const TableChanged& change) {
  batch_.put(Family::kCatalog, table_row(change.schema.id), encode_table(change.schema));
  const TablePointer before = overlay_.catalog()->find(change.schema.id);
  TableCounts& counts = log_.counts[change.schema.id];
  if (before == nullptr) {
    counted_.insert(change.schema.id);  // a living table has its counts from the start
    return;
  }
  change_expiry_index(before->schema, change.schema, batch_);
  for (const IndexSchema& index : before->schema.indexes) {
    if (find_index(change.schema, index.id) != nullptr) continue;
    batch_.erase_range(Family::kIndexes, index_rows(index.id));
    if (counts.indexes.erase(index.id) > 0) counted_.insert(change.schema.id);
  }
}

void BatchBuilder::write_rows(Stamped&, const TableDropped& change) {
  batch_.put(Family::kCatalog, table_row(change.schema.id), encode_table(change.schema));
  for (const Family family : {Family::kItems, Family::kTombstones}) {
    batch_.erase_range(family, table_rows(change.schema.id));
  }
  for (const IndexSchema& index : change.schema.indexes) {
    batch_.erase_range(Family::kIndexes, index_rows(index.id));
    batch_.erase(Family::kCatalog, index_build_row(index.id).key());
  }
  if (expires(change.schema)) batch_.erase_range(Family::kIndexes, expiry_rows(change.schema.id));
  overlay_.drop_items(change.schema.id);
  log_.counts.erase(change.schema.id);
  counted_.insert(change.schema.id);
}

void BatchBuilder::write_rows(Stamped& stamped, ShardChanged& change) {
  ShardDescriptor& shard = change.shard;
  ShardHead& head = log_.heads[shard.id];
  head.shard = shard.id;
  if (!shard.open()) {
    shard.last_sequence = head.sequence;
    shard.last_ordinal = head.ordinal;
    shard.last_cumulative_bytes = head.cumulative_bytes;
    stamped.closed.push_back(shard);
  }
  touched_.insert(shard.id);
  batch_.put(Family::kCatalog, shard_row(shard.table, shard.id), encode_shard(shard));
}

void BatchBuilder::write_rows(Stamped& stamped, const ShardTrimmed& change) {
  const ShardDescriptor& shard = change.shard;
  batch_.erase(Family::kCatalog, shard_row(shard.table, shard.id));
  batch_.erase(Family::kCatalog, head_row(shard.id));
  log_.heads.erase(shard.id);
  touched_.erase(shard.id);
  trimmed_.insert(shard.id);
  if (stamped.request.catalog_after()->find(shard.table) == nullptr) {
    batch_.erase(Family::kCatalog, table_row(shard.table));
    batch_.erase_range(Family::kConflicts, table_rows(shard.table));
  }
}

// Later requests of the batch see this request's catalog, in which closed shards know their last records.
void BatchBuilder::adopt_catalog(const Stamped& stamped) {
  if (stamped.request.catalog_after() == overlay_.catalog()) return;
  CatalogSnapshot after = *stamped.request.catalog_after();
  for (const ShardDescriptor& closed : stamped.closed) {
    const TablePointer table = after.find(closed.table);
    if (table == nullptr || table->find_shard(closed.id) == nullptr) continue;
    auto entry = std::make_shared<TableEntry>(*table);
    for (ShardDescriptor& shard : entry->shards) {
      if (shard.id == closed.id) shard = closed;
    }
    after = after.with(std::move(entry));
  }
  overlay_.set_catalog(std::make_shared<const CatalogSnapshot>(std::move(after)));
  catalog_changed_ = true;
}

// --- records ---

ChangeRecord BatchBuilder::new_record(const Stamped& stamped, ChangeKind kind, ShardId shard) {
  log_.last_sequence = SequenceNumber(log_.last_sequence.value() + 1);
  ChangeRecord record;
  record.shard = shard;
  record.sequence = log_.last_sequence;
  record.kind = kind;
  record.origin = {region_, IncarnationId(), record.sequence};
  record.commit_time = stamped.stamp;
  record.transaction_id = stamped.transaction_id;
  record.participant_count = stamped.participant_count;
  return record;
}

log::Reference BatchBuilder::append(ChangeRecord& record, const RecordParts& parts) {
  ShardHead& head = log_.heads[record.shard];
  CHECK(record.commit_time != 0 && record.sequence > head.sequence);
  head.shard = record.shard;
  head.sequence = record.sequence;
  head.ordinal = Ordinal(head.ordinal.value() + 1);
  head.cumulative_bytes += change_record_size(record, parts);
  record.ordinal = head.ordinal;
  record.cumulative_bytes = head.cumulative_bytes;
  touched_.insert(record.shard);
  EncodedRecord encoded = encode_change_record(record, parts);
  const auto bytes = static_cast<std::uint32_t>(encoded.bytes.size());
  const std::uint32_t index = batch_.add_record({.shard = record.shard,
                                                 .sequence = record.sequence,
                                                 .ordinal = record.ordinal,
                                                 .time = record.commit_time,
                                                 .cumulative_bytes = record.cumulative_bytes},
                                                std::move(encoded.bytes));
  // Who follows the catalog reads all of it, however old.
  if (record.shard == kCatalogShard) {
    batch_.put(Family::kCatalog, catalog_record_row(record.sequence), {}, {index, 0, bytes});
  }
  return {index, encoded.new_image_offset, static_cast<std::uint32_t>(parts.new_image.size())};
}

}  // namespace gyre::storage
