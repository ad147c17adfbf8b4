// SPDX-License-Identifier: Apache-2.0
#include "global-tables/apply_request.h"

#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/base/log_limit.h"
#include "global-tables/progress_rows.h"
#include "global-tables/resolve.h"

namespace gyre::global_tables {
namespace {

storage::Conflict conflict_of(const storage::TableEntry& table, const IncomingRecord& incoming,
                              const storage::StoredItem& stored, bool incoming_won) {
  storage::Conflict conflict;
  conflict.table = table.schema.id;
  conflict.keys = incoming.keys;
  const auto image = [](const std::optional<std::string>& maybe) { return maybe.value_or(std::string()); };
  conflict.winner = incoming_won ? incoming.write.version : stored.version;
  conflict.winner_image = image(incoming_won ? incoming.write.image : stored.image);
  conflict.loser = incoming_won ? stored.version : incoming.write.version;
  conflict.loser_image = image(incoming_won ? stored.image : incoming.write.image);
  return conflict;
}

Status apply_record(const storage::TableEntry& table, const IncomingRecord& incoming,
                    storage::WriteTransaction& transaction, ApplyCounts& counts,
                    std::vector<storage::Conflict>& conflicts) {
  ASSIGN_OR_RETURN(const storage::StoredItem stored, transaction.items().read(table, incoming.key));
  Resolved resolved = resolve(incoming.write, stored);
  transaction.clock().observe(incoming.write.version.clock);
  if (resolved.diverged) {
    ++counts.diverged;
    static LogLimit lines;  // a peer that is broken, or worse, brings one with each record
    log_error(lines,
              "ALARM table {}: two contents bear the version ({}, {}); the greater content hash stands",
              table.schema.name, incoming.write.version.clock, incoming.write.version.region.name());
  }
  const bool won = resolved.resolution == Resolution::kConflictWon;
  if (won || resolved.resolution == Resolution::kConflictLost) {
    ++counts.conflicts;
    conflicts.push_back(conflict_of(table, incoming, stored, won));
  }
  switch (resolved.resolution) {
    case Resolution::kStale:
      ++counts.stale;
      return {};
    case Resolution::kMergeVector:
    case Resolution::kConflictLost:
      ++counts.stale;
      return transaction.items().put_vector(table, incoming.key, std::move(resolved.merged));
    case Resolution::kSupersede:
    case Resolution::kConflictWon: {
      ++counts.applied;
      storage::VersionedWrite write = incoming.write;
      write.vector = std::move(resolved.merged);
      return transaction.items().put_version(table, incoming.key, std::move(write));
    }
  }
  return Error::internal("unknown resolution");
}

// What the step is about, as it is stored.
Result<std::optional<TableProgress>> stored_progress(const ApplyWork& work,
                                                     storage::WriteTransaction& transaction) {
  using Kind = ProgressStep::Kind;
  const Kind kind = work.step.kind;
  // One place at most is read, however many shards there are. An id that no shard has, where the step is
  // about the place of none.
  const bool of_one = kind == Kind::kShard || kind == Kind::kShardDone;
  const ShardId only = of_one ? work.step.shard : ShardId();
  auto stored = load_progress([&](const storage::RoomRow& key) { return transaction.rows().read(key); },
                              work.peer, work.table, only);
  if (kind == Kind::kReset) {
    // Rows that cannot be read, or are of another version, are no reason not to start anew.
    return stored.ok() ? std::move(stored).value() : std::nullopt;
  }
  // Whoever took a member out of the group erased its rows: what is still under way of it comes too late.
  if (stored.ok() && !*stored) return Error::resource_not_found("the peer is no member any more");
  return stored;
}

}  // namespace

Status apply(const ApplyWork& work, storage::WriteTransaction& transaction, ApplyCounts& counts) {
  const storage::TablePointer table = transaction.catalog().find(work.table);
  if (table == nullptr || table->schema.deleted_ms)
    return Error::resource_not_found("the replica was dropped");

  CHECK(!work.activate || (work.step.kind == ProgressStep::Kind::kScan && work.step.scan_end));
  CHECK(work.records.empty() || work.step.kind != ProgressStep::Kind::kReset);
  ASSIGN_OR_RETURN(const std::optional<TableProgress> stored, stored_progress(work, transaction));
  TableProgress progress = stored.value_or(TableProgress());
  RETURN_IF_ERROR(advance(progress, work.step, transaction.clock().now_ms()));
  CHECK(progress.attempt == work.step.attempt);
  std::vector<storage::Conflict> conflicts;
  for (const IncomingRecord& record : work.records) {
    RETURN_IF_ERROR(apply_record(*table, record, transaction, counts, conflicts));
  }
  // Behind all records: a conflict is filed under the sequence before it, which must be this request's own,
  // or it would take the place of an earlier one.
  for (storage::Conflict& conflict : conflicts) transaction.items().record_conflict(std::move(conflict));
  for (RowChange& change : progress_changes(work.peer, work.table, stored, progress)) {
    if (change.value) {
      transaction.rows().put(change.key, *std::move(change.value));
    } else {
      transaction.rows().erase(change.key);
    }
  }
  if (work.activate && table->schema.status == TableStatus::kCreating) {
    TableSchema schema = table->schema;
    schema.status = TableStatus::kActive;
    RETURN_IF_ERROR(transaction.catalog().put_table(std::move(schema)));
  }
  return {};
}

ApplyRequest::ApplyRequest(ApplyWork work, CompletionSink& sink, Done done)
    : work_(std::move(work)), sink_(sink), done_(std::move(done)), size_bytes_(sizeof(*this)) {
  for (const IncomingRecord& record : work_.records) {
    size_bytes_ += sizeof(record) + record.keys.size() + record.write.image.value_or("").size() +
                   record.write.audit.user_agent.size();
  }
}

storage::WriteClass ApplyRequest::write_class() const {
  return work_.first_copy ? storage::WriteClass::kMaintenance : storage::WriteClass::kReplication;
}

}  // namespace gyre::global_tables
