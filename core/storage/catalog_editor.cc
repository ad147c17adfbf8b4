// SPDX-License-Identifier: Apache-2.0
#include "core/storage/catalog_editor.h"

#include <algorithm>
#include <limits>

#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre::storage {
namespace {

constexpr std::uint64_t kHashMax = std::numeric_limits<std::uint64_t>::max();

ShardDescriptor new_shard(TableId table, const ShardStamps& stamps, const std::string& stream_label) {
  ShardDescriptor shard;
  shard.id = stamps.next_shard_id();
  shard.table = table;
  shard.hash_last = kHashMax;
  shard.opened_ms = stamps.now_ms;
  shard.first_sequence = stamps.next_sequence;
  shard.stream_label = stream_label;
  return shard;
}

// `kShardsPerNewTable` shards over equal hash ranges.
std::vector<ShardDescriptor> first_shards(const TableSchema& schema, const ShardStamps& stamps) {
  const StreamDescriptor* stream = schema.enabled_stream();
  const std::uint64_t step = kHashMax / limits::kShardsPerNewTable + 1;
  std::vector<ShardDescriptor> shards;
  for (std::size_t i = 0; i < limits::kShardsPerNewTable; ++i) {
    ShardDescriptor shard = new_shard(schema.id, stamps, stream ? stream->label : "");
    shard.hash_first = i * step;
    if (i + 1 < limits::kShardsPerNewTable) shard.hash_last = (i + 1) * step - 1;
    shards.push_back(std::move(shard));
  }
  return shards;
}
static_assert(limits::kShardsPerNewTable > 1);  // else `step` runs over

CatalogSnapshot with(const CatalogSnapshot& before, TableEntry entry) {
  return before.with(std::make_shared<const TableEntry>(std::move(entry)));
}

// A copy of a living table, to be changed.
Result<TableEntry> living(const CatalogSnapshot& catalog, TableId id) {
  const TablePointer table = catalog.find(id);
  if (table == nullptr || table->schema.deleted_ms) return Error::resource_not_found("Table not found");
  return *table;
}

}  // namespace

Result<CatalogEdit> edit_put_table(const CatalogSnapshot& before, TableSchema schema,
                                   const ShardStamps& stamps) {
  CHECK(schema.id.value() != 0 && !schema.deleted_ms);
  const TablePointer same_name = before.find(schema.name);
  if (same_name != nullptr && same_name->schema.id != schema.id) {
    return Error(ErrorCode::kResourceInUse, "Table already exists: " + schema.name);
  }
  TableEntry entry;
  CatalogEdit edit;
  if (before.find(schema.id) != nullptr) {
    ASSIGN_OR_RETURN(entry, living(before, schema.id));
    entry.schema = std::move(schema);
    edit.changes.push_back(TableChanged{entry.schema});
  } else {
    entry.schema = std::move(schema);
    entry.shards = first_shards(entry.schema, stamps);
    edit.changes.push_back(TableChanged{entry.schema});
    for (const ShardDescriptor& shard : entry.shards)
      edit.changes.emplace_back(std::in_place_type<ShardChanged>, ShardChanged{shard});
  }
  edit.after = with(before, std::move(entry));
  return edit;
}

Result<CatalogEdit> edit_drop_table(const CatalogSnapshot& before, TableId id, const ShardStamps& stamps) {
  ASSIGN_OR_RETURN(TableEntry entry, living(before, id));
  CatalogEdit edit;
  for (ShardDescriptor& shard : entry.shards) {
    if (!shard.open()) continue;
    shard.closed_ms = stamps.now_ms;
    edit.changes.push_back(ShardChanged{shard});
  }
  entry.schema.deleted_ms = stamps.now_ms;
  edit.changes.push_back(TableDropped{entry.schema});
  edit.after = with(before, std::move(entry));
  return edit;
}

Result<CatalogEdit> edit_roll_shards(const CatalogSnapshot& before, TableId id,
                                     const std::string& stream_label, const ShardStamps& stamps) {
  ASSIGN_OR_RETURN(TableEntry entry, living(before, id));
  CatalogEdit edit;
  std::vector<ShardDescriptor> children;
  for (ShardDescriptor& parent : entry.shards) {
    if (!parent.open()) continue;
    parent.closed_ms = stamps.now_ms;
    ShardDescriptor child = new_shard(id, stamps, stream_label);
    child.parent = parent.id;
    child.hash_first = parent.hash_first;
    child.hash_last = parent.hash_last;
    edit.changes.push_back(ShardChanged{parent});
    edit.changes.push_back(ShardChanged{child});
    children.push_back(std::move(child));
  }
  entry.shards.insert(entry.shards.end(), children.begin(), children.end());
  edit.after = with(before, std::move(entry));
  return edit;
}

Result<CatalogEdit> edit_trim_shard(const CatalogSnapshot& before, ShardId shard) {
  const TablePointer table = before.find_by_shard(shard);
  if (table == nullptr) return Error::resource_not_found("Shard not found: " + shard_id_text(shard));
  TableEntry entry = *table;
  const auto found =
      std::find_if(entry.shards.begin(), entry.shards.end(),
                   [shard](const ShardDescriptor& candidate) { return candidate.id == shard; });
  if (found->open()) return Error::validation("an open shard cannot be trimmed: " + shard_id_text(shard));
  CatalogEdit edit;
  edit.changes.push_back(ShardTrimmed{*found});
  entry.shards.erase(found);
  const bool forgotten = entry.schema.deleted_ms && entry.shards.empty();
  edit.after = forgotten ? before.without(entry.schema.id) : with(before, std::move(entry));
  return edit;
}

}  // namespace gyre::storage
