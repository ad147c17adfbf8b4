// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "core/engine/engine.h"
#include "core/log/frame_builder.h"
#include "core/storage/batch_builder.h"
#include "core/storage/catalog.h"
#include "core/storage/store_memory.h"
#include "core/storage/write_queue.h"
#include "core/storage/writer.h"

namespace gyre::storage {

/// The writer without its thread and its commits: requests in, batches and completions out. Who drives it
/// does
///
///   if (machine.step(now)) {
///     commit machine.batch() with machine.stamp() and machine.durability(), or, if it is empty, only sync;
///     if it is a fill, apply it to the engine alone
///     hand out machine.committed() or machine.failed()
///   }
///
/// on one thread. enqueue(), close(), has_work(), head(), counts(), watermark() and tell() are for any
/// thread.
class WriterMachine {
 public:
  /// `log` is the recovered state; `catalog` holds the recovered snapshot and is published to; `memory`
  /// learns what is written.
  WriterMachine(const Engine& engine, Catalog& catalog, StoreMemory& memory, WriterOptions options,
                WriterState log);

  /// Takes the request. On an Error (kThrottled: its class is full; kUnavailable: closed) it stays with the
  /// caller.
  Status enqueue(std::unique_ptr<WriteRequest>& request);
  /// Nothing is taken any more; what is queued still goes its way.
  void close();
  bool has_work(std::uint64_t now_ms) const;
  /// Durability::kAsync: something waits for a sync, which step() makes when it is due.
  bool has_unsynced() const;

  /// Drains requests and evaluates them until the batch is large enough. False if there was nothing to do.
  /// Without room in the log no request is taken: what is committed already may still want a sync.
  bool step(std::uint64_t now_ms, bool has_room = true);
  const CommitBatch& batch() const { return building_->builder.batch(); }
  log::CommitStamp stamp() const { return {log_.last_sequence, log_.clock.last(), step_ms_}; }
  Durability durability() const { return durability_; }
  /// The batch is of a fill's steps: no frame of the log has it.
  bool batch_is_fill() const { return building_->is_fill; }
  /// How many requests the batch answers.
  std::size_t batch_requests() const { return evaluated_.size(); }

  /// The completions for one sink, in the order of evaluation.
  struct SinkCompletions {
    CompletionSink* sink;
    std::vector<std::function<void()>> completions;
  };
  struct Finished {
    std::vector<SinkCompletions> completions;
    std::vector<ShardHead> heads;  ///< shards whose durable head moved, by id
  };
  /// The batch is committed: publishes heads and the catalog.
  Finished committed();
  /// The commit failed or nobody knows: what was in flight answers kOutcomeUnknown, what is queued
  /// kUnavailable, and the machine takes nothing more. Its counters are no longer those of the store.
  Finished failed();
  /// Instead of step(): what is queued answers `reason`. The machine goes on.
  Finished refuse(const Error& reason);
  /// Takes nothing more; what is queued answers kUnavailable.
  Finished abandon();

  std::optional<ShardHead> head(ShardId shard) const;
  TableCounts counts(TableId table) const;
  HybridTime watermark(std::uint64_t now_ms);
  /// Fills in the queues and the head.
  void tell(WriterStatus& status) const;

 private:
  struct Building {
    Building(const RegionId& region, std::uint64_t now_ms, WriterState& log, const Engine& engine,
             ItemCache& cache, std::shared_ptr<const CatalogSnapshot> catalog, bool is_fill)
        : is_fill(is_fill),
          overlay(engine, cache, std::move(catalog)),
          builder(region, now_ms, log, overlay) {}
    const bool is_fill;
    BatchOverlay overlay;
    BatchBuilder builder;
  };
  struct Evaluated {
    std::shared_ptr<WriteRequest> request;  // shared, because std::function wants to be copied
    Status outcome;
  };

  bool begin(std::uint64_t now_ms, bool has_room);
  bool batch_is_full() const;
  Status evaluate(WriteRequest& request, std::uint64_t now_ms);
  void check_disk(std::uint64_t now_ms);
  Status check_room(WriteClass write_class, const StagedRequest& staged) const;
  bool sync_is_due(std::uint64_t now_ms) const;
  Finished complete_all();

  const Engine& engine_;
  Catalog& catalog_;
  StoreMemory& memory_;
  const WriterOptions options_;
  const std::function<std::uint64_t()> random_;

  // No request is added to a batch that is as large.
  const std::size_t batch_bytes_max_;

  // Of the driving thread.
  WriterState log_;
  std::deque<std::unique_ptr<WriteRequest>> taken_;  // out of the queue, not yet evaluated
  std::vector<Evaluated> evaluated_;
  std::optional<Building> building_;
  Durability durability_ = Durability::kSync;
  std::uint64_t step_ms_ = 0;
  std::optional<std::uint64_t> disk_checked_ms_;
  std::uint64_t free_bytes_ = 0;
  std::size_t written_bytes_ = 0;  // since the disk was checked

  mutable std::mutex mutex_;  // guards what follows
  WriteQueue queue_;
  bool closed_ = false;
  bool busy_ = false;  // between step() and committed()
  bool taken_left_ = false;
  std::map<ShardId, ShardHead> durable_heads_;
  SequenceNumber durable_sequence_;
  std::map<TableId, TableCounts> counts_;  // as committed
  std::set<ShardId> unsynced_;             // committed, but not yet on disk
  std::uint64_t unsynced_since_ms_ = 0;
  HybridTime watermark_ = 0;
};

}  // namespace gyre::storage
