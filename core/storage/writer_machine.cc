// SPDX-License-Identifier: Apache-2.0
#include "core/storage/writer_machine.h"

#include <algorithm>
#include <limits>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/base/random.h"

namespace gyre::storage {
namespace {

// The least free space with which such a write is still taken, in sixteenths of the floor.
std::uint64_t floor_sixteenths(WriteClass write_class, Growth growth) {
  switch (growth) {
    case Growth::kNone:
      return 0;
    case Growth::kTrims:
      return limits::kDiskFloorSixteenthsOfTrims;
    case Growth::kDeletes:
      return limits::kDiskFloorSixteenthsOfDeletes;
    case Growth::kGrows:
      break;
  }
  if (write_class == WriteClass::kClient) return 16;
  return write_class == WriteClass::kReplication ? limits::kDiskFloorSixteenthsOfReplication
                                                 : limits::kDiskFloorSixteenthsOfMaintenance;
}

// Of the log's frame, what a batch may fill.
constexpr std::size_t kFrameBytesMax = limits::kLogFrameBytesMax - 4096;

// Wall time may jump back: that counts as passed.
bool passed(std::uint64_t since_ms, std::uint64_t now_ms, std::uint64_t wait_ms) {
  return now_ms < since_ms || now_ms - since_ms >= wait_ms;
}

Error unavailable(std::string message) {
  return {ErrorCode::kUnavailable, std::move(message)};
}

}  // namespace

WriterMachine::WriterMachine(const Engine& engine, Catalog& catalog, StoreMemory& memory,
                             WriterOptions options, WriterState log)
    : engine_(engine),
      catalog_(catalog),
      memory_(memory),
      options_(std::move(options)),
      random_(options_.random ? options_.random : entropy),
      batch_bytes_max_(std::min(limits::kWriterBatchBytesMax, engine.limits().batch_bytes_max / 2)),
      log_(std::move(log)),
      queue_(options_.queue_bytes_max),
      durable_heads_(log_.heads),
      durable_sequence_(log_.last_sequence),
      counts_(log_.counts),
      watermark_(log_.clock.last()) {
  CHECK(batch_bytes_max_ > 0);
}

Status WriterMachine::enqueue(std::unique_ptr<WriteRequest>& request) {
  const std::lock_guard lock(mutex_);
  if (closed_) return unavailable("the region is stopping");
  if (!queue_.push(request)) return Error(ErrorCode::kThrottled, "the write queue is full");
  return {};
}

void WriterMachine::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

bool WriterMachine::has_work(std::uint64_t now_ms) const {
  const std::lock_guard lock(mutex_);
  return taken_left_ || !queue_.empty() || sync_is_due(now_ms);
}

bool WriterMachine::has_unsynced() const {
  const std::lock_guard lock(mutex_);
  return !unsynced_.empty();
}

bool WriterMachine::sync_is_due(std::uint64_t now_ms) const {
  return !unsynced_.empty() && (closed_ || passed(unsynced_since_ms_, now_ms, limits::kWriterAsyncSyncMs));
}

// --- a batch ---

bool WriterMachine::step(std::uint64_t now_ms, bool has_room) {
  CHECK(!building_ && evaluated_.empty());
  if (!begin(now_ms, has_room)) return false;
  check_disk(now_ms);
  // Steps of fills and other requests are never in one batch.
  const bool is_fill = !taken_.empty() && taken_.front()->is_fill();
  building_.emplace(options_.region, now_ms, log_, engine_, memory_.items, catalog_.snapshot(), is_fill);
  while (!taken_.empty() && taken_.front()->is_fill() == is_fill && !batch_is_full()) {
    Status outcome = evaluate(*taken_.front(), now_ms);
    if (outcome.ok() && taken_.front()->has_more()) continue;
    evaluated_.push_back({std::move(taken_.front()), std::move(outcome)});
    taken_.pop_front();
  }
  building_->builder.put_counts();
  for (const CommitBatch::Row& row : batch().rows()) {
    const bool of_partition = row.family == Family::kItems || row.family == Family::kIndexes;
    const bool one_row = row.kind == log::RowChange::kPut || row.kind == log::RowChange::kErase;
    if (of_partition && one_row) {
      memory_.partitions.begin_write(row.family, row.key);
    }
  }
  step_ms_ = now_ms;
  const std::lock_guard lock(mutex_);
  taken_left_ = !taken_.empty();
  const bool sync =
      options_.durability == Durability::kSync || building_->builder.catalog_changed() || sync_is_due(now_ms);
  durability_ = sync ? Durability::kSync : Durability::kAsync;
  if (unsynced_.empty()) unsynced_since_ms_ = now_ms;
  return true;
}

bool WriterMachine::begin(std::uint64_t now_ms, bool has_room) {
  const std::lock_guard lock(mutex_);
  std::size_t bytes = 0;
  while (has_room && bytes < batch_bytes_max_ && taken_.size() < limits::kWriterBatchRequestsMax) {
    std::unique_ptr<WriteRequest> request = queue_.pop();
    if (request == nullptr) break;
    bytes += request->size_bytes();
    taken_.push_back(std::move(request));
  }
  if (taken_.empty() && !sync_is_due(now_ms)) return false;
  busy_ = true;
  // Whoever was told a watermark never sees an older record, even if wall time jumped back.
  log_.clock.observe(watermark_);
  return true;
}

bool WriterMachine::batch_is_full() const {
  return batch().size_bytes() >= batch_bytes_max_ || building_->overlay.size_bytes() >= 2 * batch_bytes_max_;
}

Status WriterMachine::evaluate(WriteRequest& request, std::uint64_t now_ms) {
  const EvaluationContext context{now_ms,
                                  options_.region,
                                  log_.last_sequence,
                                  log_.clock,
                                  random_,
                                  engine_.limits().batch_bytes_max - batch_bytes_max_,
                                  kFrameBytesMax - batch_bytes_max_};
  StagedRequest staged(building_->overlay, context);
  RETURN_IF_ERROR(request.evaluate(staged));
  RETURN_IF_ERROR(staged.stage_index_changes());
  RETURN_IF_ERROR(staged.check_size());
  RETURN_IF_ERROR(check_room(request.write_class(), staged));
  CHECK(!building_->is_fill || staged.can_be_lost());
  building_->builder.add(staged);
  return {};
}

Status WriterMachine::check_room(WriteClass write_class, const StagedRequest& staged) const {
  if (free_bytes_ >= options_.disk_floor_bytes) return {};
  const std::uint64_t floor = options_.disk_floor_bytes / 16 * floor_sixteenths(write_class, staged.growth());
  if (free_bytes_ >= floor) return {};
  return unavailable("the store is almost full: writes are refused until space is freed");
}

void WriterMachine::check_disk(std::uint64_t now_ms) {
  const bool due = !disk_checked_ms_ || passed(*disk_checked_ms_, now_ms, limits::kDiskCheckMs) ||
                   written_bytes_ >= limits::kDiskCheckBytes;
  if (!due) return;
  disk_checked_ms_ = now_ms;
  written_bytes_ = 0;
  // Without a disk of its own, an engine says itself what it no longer takes.
  const Disk* disk = engine_.disk();
  free_bytes_ = disk != nullptr ? disk->free_bytes() : std::numeric_limits<std::uint64_t>::max();
}

// --- its end ---

WriterMachine::Finished WriterMachine::committed() {
  CHECK(building_.has_value());
  BatchBuilder& builder = building_->builder;
  written_bytes_ += batch().size_bytes();
  // After the commit: who asks for what is new finds it.
  for (const CommitBatch::Row& row : batch().rows()) {
    if (row.family == Family::kIndexes && row.kind == log::RowChange::kPut) memory_.expiry.note(row.key);
  }
  memory_.items.committed(building_->overlay.written());
  memory_.partitions.committed();
  // Before any completion: who reads the answer of CreateTable finds the table.
  if (builder.catalog_changed()) catalog_.publish(building_->overlay.catalog());
  std::vector<ShardHead> moved;
  {
    const std::lock_guard lock(mutex_);
    busy_ = false;
    for (const TableId table : builder.counted()) {
      const auto counts = log_.counts.find(table);
      if (counts == log_.counts.end()) {
        counts_.erase(table);
      } else {
        counts_[table] = counts->second;
      }
    }
    unsynced_.insert(builder.touched().begin(), builder.touched().end());
    for (const ShardId shard : builder.trimmed()) {
      unsynced_.erase(shard);
      durable_heads_.erase(shard);
    }
    if (durability_ == Durability::kSync) {
      for (const ShardId shard : unsynced_) moved.push_back(durable_heads_[shard] = log_.heads.at(shard));
      unsynced_.clear();
      durable_sequence_ = log_.last_sequence;
      watermark_ = std::max(watermark_, log_.clock.last());
    }
  }
  building_.reset();
  Finished finished = complete_all();
  finished.heads = std::move(moved);
  return finished;
}

WriterMachine::Finished WriterMachine::failed() {
  building_.reset();
  for (Evaluated& evaluated : evaluated_) {
    evaluated.outcome = Error(ErrorCode::kOutcomeUnknown, "the commit failed: its outcome is unknown");
  }
  return abandon();
}

WriterMachine::Finished WriterMachine::abandon() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    unsynced_.clear();
  }
  return refuse(unavailable("the region is stopping"));
}

WriterMachine::Finished WriterMachine::refuse(const Error& reason) {
  {
    const std::lock_guard lock(mutex_);
    taken_left_ = false;
    while (std::unique_ptr<WriteRequest> request = queue_.pop()) taken_.push_back(std::move(request));
  }
  for (std::unique_ptr<WriteRequest>& request : taken_) evaluated_.push_back({std::move(request), reason});
  taken_.clear();
  return complete_all();
}

WriterMachine::Finished WriterMachine::complete_all() {
  Finished finished;
  for (Evaluated& evaluated : evaluated_) {
    CompletionSink* sink = &evaluated.request->sink();
    auto group = std::find_if(finished.completions.begin(), finished.completions.end(),
                              [sink](const SinkCompletions& candidate) { return candidate.sink == sink; });
    if (group == finished.completions.end()) {
      group = finished.completions.insert(group, SinkCompletions{sink, {}});
    }
    group->completions.push_back([request = std::move(evaluated.request),
                                  outcome = std::move(evaluated.outcome)] { request->complete(outcome); });
  }
  evaluated_.clear();
  return finished;
}

std::optional<ShardHead> WriterMachine::head(ShardId shard) const {
  const std::lock_guard lock(mutex_);
  const auto found = durable_heads_.find(shard);
  return found == durable_heads_.end() ? std::nullopt : std::optional(found->second);
}

TableCounts WriterMachine::counts(TableId table) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(table);
  return found == counts_.end() ? TableCounts() : found->second;
}

void WriterMachine::tell(WriterStatus& status) const {
  const std::lock_guard lock(mutex_);
  status.queues = queue_.status();
  status.queue_bytes_max = options_.queue_bytes_max;
  status.durable_sequence = durable_sequence_;
}

HybridTime WriterMachine::watermark(std::uint64_t now_ms) {
  const std::lock_guard lock(mutex_);
  // With nothing on its way, the next record will be stamped after this very moment.
  if (!busy_ && unsynced_.empty()) watermark_ = std::max(watermark_, hybrid_from_ms(now_ms));
  return watermark_;
}

}  // namespace gyre::storage
