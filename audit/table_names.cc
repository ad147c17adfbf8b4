// SPDX-License-Identifier: Apache-2.0
#include "audit/table_names.h"

#include <fmt/core.h>

#include <charconv>
#include <utility>

#include "core/storage/catalog.h"

namespace gyre::audit {

Result<TableNames> TableNames::read(const History& history) {
  TableNames names;
  const auto visit = [&](LocatedRecord located) -> Result<bool> {
    if (located.record.kind != storage::ChangeKind::kCatalog) return true;
    ASSIGN_OR_RETURN(const storage::CatalogChange change,
                     storage::decode_catalog_change(located.record.catalog_change));
    const auto* changed = std::get_if<storage::TableChanged>(&change);
    if (changed == nullptr) return true;
    Known known{changed->schema.name, {changed->schema.key_schema.partition.name}};
    if (changed->schema.key_schema.sort) known.key_names.push_back(changed->schema.key_schema.sort->name);
    names.tables_[changed->schema.id] = std::move(known);
    return true;
  };
  RETURN_IF_ERROR(history.read_shard(storage::kCatalogShard, visit));
  return names;
}

Result<std::set<TableId>> TableNames::find(std::string_view name) const {
  std::set<TableId> found;
  if (name.starts_with('#')) {
    std::uint64_t id = 0;
    const auto [stop, error] = std::from_chars(name.data() + 1, name.data() + name.size(), id);
    if (error != std::errc() || stop != name.data() + name.size() || id == 0)
      return Error::validation(fmt::format("'{}' is no table's id: one looks like #17", name));
    found.insert(TableId(id));
    return found;
  }
  for (const auto& [id, known] : tables_) {
    if (known.name == name) found.insert(id);
  }
  if (!found.empty()) return found;
  return Error::resource_not_found(fmt::format(
      "no table is known as {} here; one that was made before the archive was begun has no name in it, "
      "only an id: #17",
      name));
}

std::string TableNames::name(TableId table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? fmt::format("#{}", table.value()) : found->second.name;
}

std::vector<std::string> TableNames::key_names(TableId table) const {
  const auto found = tables_.find(table);
  return found == tables_.end() ? std::vector<std::string>() : found->second.key_names;
}

}  // namespace gyre::audit
