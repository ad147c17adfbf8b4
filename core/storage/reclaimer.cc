// SPDX-License-Identifier: Apache-2.0
#include "core/storage/reclaimer.h"

#include <set>
#include <string>

#include "core/base/bytes.h"

namespace gyre::storage {
namespace {

std::string row_at(const std::string& prefix, std::uint64_t id) {
  std::string row = prefix;
  append_u64_be(row, id);
  return row;
}

// All ids up to `watermark` that are not alive, behind `prefix`.
void add_gaps(const std::string& prefix, const std::set<std::uint64_t>& alive, std::uint64_t watermark,
              std::vector<KeyRange>& dead) {
  std::uint64_t from = 0;
  for (const std::uint64_t id : alive) {
    if (id > watermark) break;
    if (id > from) dead.push_back({row_at(prefix, from), row_at(prefix, id)});
    from = id + 1;
  }
  if (from < watermark) dead.push_back({row_at(prefix, from), row_at(prefix, watermark)});
}

void add_dead_indexes(const CatalogSnapshot& catalog, std::uint64_t watermark, std::vector<KeyRange>& dead) {
  std::set<std::uint64_t> tables;
  std::set<std::uint64_t> indexes = {0};  // the expiry index: its rows are those of tables
  for (const auto& [id, table] : catalog.tables()) {
    if (table->schema.deleted_ms) continue;
    tables.insert(id.value());
    for (const IndexSchema& index : table->schema.indexes) indexes.insert(index.id.value());
  }
  add_gaps(row_at({}, 0), tables, watermark, dead);
  add_gaps({}, indexes, watermark, dead);
}

std::set<std::uint64_t> ids_alive(const CatalogSnapshot& catalog, Family family) {
  std::set<std::uint64_t> alive;
  for (const auto& [id, table] : catalog.tables()) {
    if (family == Family::kConflicts || !table->schema.deleted_ms) {
      alive.insert(id.value());  // conflicts stay until the table's last shard is trimmed
    }
  }
  return alive;
}

class Reclaiming final : public UpkeepJob {
 public:
  explicit Reclaiming(Store& store) : store_(store) {}

  Result<UpkeepPlan> plan() override {
    const std::uint64_t watermark = store_.writer().watermark();  // first
    UpkeepPlan plan;
    for (const Family family : {Family::kItems, Family::kIndexes, Family::kTombstones, Family::kConflicts}) {
      plan.steps.push_back(
          {"give disk space back", [this, family, watermark, catalog = store_.catalog().snapshot()] {
             // It may flush: nothing is in the engine then that the log could lose.
             return store_.while_synced(
                 [&] { return store_.engine().reclaim(family, dead_ranges(*catalog, family, watermark)); });
           }});
    }
    return plan;
  }

  void interrupt() override { store_.engine().stop_background(); }

 private:
  Store& store_;
};

}  // namespace

std::vector<KeyRange> dead_ranges(const CatalogSnapshot& catalog, Family family, std::uint64_t watermark) {
  std::vector<KeyRange> dead;
  if (family == Family::kIndexes) {
    add_dead_indexes(catalog, watermark, dead);
  } else if (family != Family::kCatalog) {
    add_gaps({}, ids_alive(catalog, family), watermark, dead);
  }
  return dead;
}

std::unique_ptr<UpkeepJob> make_reclaiming(Store& store) {
  return std::make_unique<Reclaiming>(store);
}

}  // namespace gyre::storage
