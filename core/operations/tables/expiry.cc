// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/expiry.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "core/storage/expiry_rows.h"
#include "core/storage/fills.h"
#include "core/storage/read_view.h"
#include "core/storage/stored_item.h"

namespace gyre::operations {
namespace {

using storage::ExpiryRow;

/// A table as the plan saw it. Its steps find it again only if nobody changed its time to live meanwhile.
struct ExpiringTable {
  TableId id;
  TimeToLive time_to_live;

  storage::TablePointer find(const storage::CatalogSnapshot& catalog) const {
    storage::TablePointer table = catalog.find(id);
    const bool same =
        table != nullptr && !table->schema.deleted_ms && table->schema.time_to_live == time_to_live;
    return same ? table : nullptr;
  }
};

// --- deleting what has expired ---

Result<std::vector<ExpiryRow>> find_expired(const storage::ReadView& reads, TableId table,
                                            const std::string& begin, std::uint64_t now_ms) {
  const std::uint64_t now_s = now_ms / 1000;
  if (now_s == 0) return std::vector<ExpiryRow>();
  const std::uint64_t oldest_s =
      now_s > limits::kExpiryAgeSecondsMax ? now_s - limits::kExpiryAgeSecondsMax : 1;
  return reads.expiry_rows(table, oldest_s, now_s - 1, begin, limits::kExpiryStepItems);
}

// The delete is the same in every region, so that the expiries of all of them are one write.
storage::VersionedWrite expiry_write(const storage::StoredItem& stored, const TableSchema& table,
                                     const RegionId& self) {
  storage::VersionedWrite write;
  write.version = expiry_of(stored.version);
  write.vector = stored.vector;
  write.origin = {self, table.incarnation, SequenceNumber()};
  write.audit.principal = "dynamodb.amazonaws.com";
  write.audit.verified = true;  // the region itself
  return write;
}

// Answers how many of the rows are done: all, unless their items are too large for one step.
Result<std::size_t> expire(const ExpiringTable& expiring, const std::vector<ExpiryRow>& rows,
                           storage::WriteTransaction& transaction) {
  const storage::TablePointer table = expiring.find(transaction.catalog().snapshot());
  if (table == nullptr) return std::size_t{0};
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ExpiryRow& row = rows[i];
    ASSIGN_OR_RETURN(const ItemKey key, row.key(table->schema.key_schema));
    ASSIGN_OR_RETURN(const storage::StoredItem stored, transaction.items().read(*table, key));
    const bool due =
        stored.exists() && storage::expiry_second(expiring.time_to_live, *stored.image) == row.second;
    if (!due) {
      // Refreshed since the plan; its row went with the refresh, or goes now.
      transaction.expiry().remove(row);
      continue;
    }
    bytes += stored.image->size();
    RETURN_IF_ERROR(transaction.items().put_version(
        *table, key, expiry_write(stored, table->schema, transaction.region())));
    if (bytes >= limits::kExpiryStepBytes) return i + 1;
  }
  return rows.size();
}

// --- adding what was there before time to live was enabled ---

/// Items that may have to be added, and up to where that is all.
struct Unindexed {
  std::vector<std::string> item_rows;
  std::string cursor;
};

Result<Unindexed> find_unindexed(const storage::ReadView& reads, const ExpiringTable& table,
                                 const std::string& cursor) {
  ASSIGN_OR_RETURN(storage::TableScan rows, reads.scan({.table = table.id, .after = cursor}));
  Unindexed found{{}, storage::end_of_fill(table.id)};
  std::size_t bytes = 0;
  std::size_t looked_at = 0;
  for (; rows.valid(); rows.step()) {
    ASSIGN_OR_RETURN(const storage::StoredImage stored, rows.image());
    ++looked_at;
    if (storage::expiry_second(table.time_to_live, stored.image)) {
      found.item_rows.emplace_back(rows.place());
      bytes += stored.image.size();
    }
    if (found.item_rows.size() >= limits::kExpiryStepItems || bytes >= limits::kExpiryStepBytes ||
        looked_at >= limits::kExpiryStepRows) {
      found.cursor = rows.place();
      break;
    }
  }
  RETURN_IF_ERROR(rows.status());
  return found;
}

Status index_items(const ExpiringTable& expiring, const Unindexed& unindexed,
                   storage::WriteTransaction& transaction) {
  const storage::TablePointer table = expiring.find(transaction.catalog().snapshot());
  if (table == nullptr) return {};
  for (const std::string& item_row : unindexed.item_rows) {
    const ExpiryRow unplaced{0, item_row};
    ASSIGN_OR_RETURN(const ItemKey key, unplaced.key(table->schema.key_schema));
    ASSIGN_OR_RETURN(const storage::StoredItem stored, transaction.items().read(*table, key));
    if (!stored.exists()) continue;
    const auto second = storage::expiry_second(expiring.time_to_live, *stored.image);
    if (second) transaction.expiry().add({*second, item_row});
  }
  transaction.expiry().set_cursor(expiring.id, unindexed.cursor);
  return {};
}

Result<ExpiryStep> plan_fill(const storage::ReadView& reads, const ExpiringTable& table,
                             const std::string& cursor) {
  if (cursor != storage::end_of_fill(table.id)) {
    ASSIGN_OR_RETURN(Unindexed unindexed, find_unindexed(reads, table, cursor));
    return ExpiryStep{ExpiryStep::Kind::kFill,
                      [table, unindexed = std::move(unindexed)](storage::WriteTransaction& transaction) {
                        return index_items(table, unindexed, transaction);
                      }};
  }
  ASSIGN_OR_RETURN(const bool flushed, reads.expiry_fill_is_flushed(table.id));
  if (!flushed) return ExpiryStep{ExpiryStep::Kind::kFlush};
  return ExpiryStep{ExpiryStep::Kind::kLogged, [table](storage::WriteTransaction& transaction) -> Status {
                      if (table.find(transaction.catalog().snapshot()) != nullptr) {
                        transaction.expiry().complete(table.id);
                      }
                      return {};
                    }};
}

// --- both ---

/// False if nothing is due.
Result<bool> plan_table(const storage::ReadView& reads, const ExpiringTable& table,
                        storage::NewExpiryRows& fresh, ExpiryProgress& progress, std::uint64_t now_ms,
                        ExpiryPlan& plan) {
  ASSIGN_OR_RETURN(const std::optional<std::string> cursor,
                   reads.expiry_cursor(table.id, storage::ReadTier::kAll));
  if (cursor) {
    ASSIGN_OR_RETURN(plan.steps.emplace_back(), plan_fill(reads, table, *cursor));
    return true;
  }
  const std::string begin = progress.begin(table.id, table.time_to_live, fresh);
  ASSIGN_OR_RETURN(std::vector<ExpiryRow> found, find_expired(reads, table.id, begin, now_ms));
  if (found.empty()) return false;
  // Shared by both halves of the step.
  const auto rows = std::make_shared<const std::vector<ExpiryRow>>(std::move(found));
  const auto done = std::make_shared<std::size_t>(0);
  plan.steps.push_back({ExpiryStep::Kind::kLogged,
                        [table, rows, done](storage::WriteTransaction& transaction) -> Status {
                          ASSIGN_OR_RETURN(*done, expire(table, *rows, transaction));
                          return {};
                        },
                        [table, rows, done, &progress] {
                          if (*done == 0) return;
                          const ExpiryRow& last = (*rows)[*done - 1];
                          progress.advance(table.id, storage::encode_expiry_row(last) + '\0');
                        }});
  return true;
}

class Expiring final : public storage::UpkeepJob {
 public:
  Expiring(storage::Store& store, ExpiryOptions options) : store_(store), options_(options) {}

  Result<storage::UpkeepPlan> plan() override {
    const auto catalog = store_.catalog().snapshot();
    progress_.keep_only(*catalog);
    ASSIGN_OR_RETURN(const ExpiryPlan due, plan_expiry(*catalog, store_.reads(), store_.new_expiry_rows(),
                                                       progress_, store_.clock().now_ms()));
    storage::UpkeepPlan plan{{}, due.more};
    for (const ExpiryStep& step : due.steps) {
      plan.steps.push_back({"expire items", [this, step]() -> Status { return carry_out(store_, step); }});
    }
    return plan;
  }

  std::chrono::milliseconds pause() const override { return std::chrono::milliseconds(options_.interval_ms); }

 private:
  storage::Store& store_;
  const ExpiryOptions options_;
  ExpiryProgress progress_;
};

}  // namespace

std::string ExpiryProgress::begin(TableId table, const TimeToLive& time_to_live,
                                  storage::NewExpiryRows& fresh) {
  Walked& walked = tables_[table];
  if (walked.time_to_live != time_to_live) walked = {time_to_live, {}};
  const std::optional<std::string> least = fresh.take_least(table);
  if (least) walked.done_before = std::min(walked.done_before, *least);
  return walked.done_before;
}

void ExpiryProgress::advance(TableId table, std::string row) {
  const auto walked = tables_.find(table);
  if (walked != tables_.end()) walked->second.done_before = std::move(row);
}

void ExpiryProgress::keep_only(const storage::CatalogSnapshot& catalog) {
  std::erase_if(tables_, [&](const auto& walked) { return catalog.find(walked.first) == nullptr; });
}

Result<ExpiryPlan> plan_expiry(const storage::CatalogSnapshot& catalog, const storage::ReadView& reads,
                               storage::NewExpiryRows& fresh, ExpiryProgress& progress,
                               std::uint64_t now_ms) {
  ExpiryPlan plan;
  for (const auto& [id, table] : catalog.tables()) {
    const TableSchema& schema = table->schema;
    if (!storage::expires(schema) || schema.deleted_ms || schema.status == TableStatus::kCreating) continue;
    ASSIGN_OR_RETURN(const bool due,
                     plan_table(reads, {id, *schema.time_to_live}, fresh, progress, now_ms, plan));
    plan.more = plan.more || due;
  }
  return plan;
}

Status carry_out(storage::Store& store, const ExpiryStep& step) {
  switch (step.kind) {
    case ExpiryStep::Kind::kFlush:
      RETURN_IF_ERROR(storage::flush(store));
      break;
    case ExpiryStep::Kind::kFill:
      RETURN_IF_ERROR(storage::submit_fill(store, step.evaluate));
      break;
    case ExpiryStep::Kind::kLogged:
      RETURN_IF_ERROR(storage::submit_upkeep(store, step.evaluate));
      break;
  }
  step.done();
  return {};
}

std::unique_ptr<storage::UpkeepJob> make_expiry(storage::Store& store, ExpiryOptions options) {
  return std::make_unique<Expiring>(store, options);
}

}  // namespace gyre::operations
