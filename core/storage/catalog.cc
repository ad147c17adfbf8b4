// SPDX-License-Identifier: Apache-2.0
#include "core/storage/catalog.h"

#include <algorithm>

#include "core/base/check.h"

namespace gyre::storage {

const ShardDescriptor& TableEntry::open_shard(std::uint64_t partition_hash) const {
  // From the back: the open ones are the youngest.
  const auto found = std::find_if(shards.rbegin(), shards.rend(), [&](const ShardDescriptor& shard) {
    return shard.open() && shard.hash_first <= partition_hash && partition_hash <= shard.hash_last;
  });
  CHECK(found != shards.rend());
  return *found;
}

std::vector<ShardDescriptor> TableEntry::open_shards() const {
  std::vector<ShardDescriptor> open;
  std::copy_if(shards.begin(), shards.end(), std::back_inserter(open),
               [](const ShardDescriptor& shard) { return shard.open(); });
  return open;
}

const ShardDescriptor* TableEntry::find_shard(ShardId id) const {
  const auto found =
      std::lower_bound(shards.begin(), shards.end(), id,
                       [](const ShardDescriptor& shard, ShardId wanted) { return shard.id < wanted; });
  return found != shards.end() && found->id == id ? &*found : nullptr;
}

CatalogSnapshot CatalogSnapshot::of(std::map<TableId, TablePointer> tables) {
  CatalogSnapshot snapshot;
  for (const auto& [id, table] : tables) {
    if (!table->schema.deleted_ms) snapshot.names_[table->schema.name] = id;
    for (const ShardDescriptor& shard : table->shards) snapshot.shards_.emplace_back(shard.id, id);
  }
  std::sort(snapshot.shards_.begin(), snapshot.shards_.end());
  snapshot.tables_ = std::move(tables);
  return snapshot;
}

TablePointer CatalogSnapshot::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : find(found->second);
}

TablePointer CatalogSnapshot::find(TableId id) const {
  const auto found = tables_.find(id);
  return found == tables_.end() ? nullptr : found->second;
}

TablePointer CatalogSnapshot::find_by_shard(ShardId id) const {
  const auto found = std::lower_bound(shards_.begin(), shards_.end(), std::pair(id, TableId()));
  return found == shards_.end() || found->first != id ? nullptr : find(found->second);
}

CatalogSnapshot CatalogSnapshot::with(TablePointer table) const {
  CatalogSnapshot copy = without(table->schema.id);
  if (!table->schema.deleted_ms) copy.names_[table->schema.name] = table->schema.id;
  const auto others = static_cast<std::ptrdiff_t>(copy.shards_.size());
  for (const ShardDescriptor& shard : table->shards) copy.shards_.emplace_back(shard.id, table->schema.id);
  std::sort(copy.shards_.begin() + others, copy.shards_.end());
  std::inplace_merge(copy.shards_.begin(), copy.shards_.begin() + others, copy.shards_.end());
  copy.tables_[table->schema.id] = std::move(table);
  return copy;
}

CatalogSnapshot CatalogSnapshot::without(TableId id) const {
  CatalogSnapshot copy = *this;
  const auto found = copy.tables_.find(id);
  if (found == copy.tables_.end()) return copy;
  const auto name = copy.names_.find(found->second->schema.name);
  if (name != copy.names_.end() && name->second == id) copy.names_.erase(name);
  std::erase_if(copy.shards_, [id](const auto& shard) { return shard.second == id; });
  copy.tables_.erase(found);
  return copy;
}

}  // namespace gyre::storage
