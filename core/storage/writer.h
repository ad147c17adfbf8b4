// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/completion_sink.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/storage/catalog.h"
#include "core/storage/durability.h"
#include "core/storage/table_counts.h"
#include "core/storage/write_transaction.h"
#include "core/storage/writer_status.h"

namespace gyre::storage {

/// Classes of the writer's queue, drained by weight so that a first copy never starves clients.
enum class WriteClass { kClient, kReplication, kMaintenance };

/// One mutation on its way through the writer: made on any thread, evaluated on the writer's, completed on
/// its sink's. Deciding what to write belongs in pure functions that evaluate() calls.
class WriteRequest {
 public:
  virtual ~WriteRequest() = default;
  virtual WriteClass write_class() const { return WriteClass::kClient; }
  /// True: it is a step of a fill (fills.h), which stages entries of indexes and cursors alone. They go to
  /// the engine without a frame of the log, and are durable with the engine's next flush.
  virtual bool is_fill() const { return false; }
  /// About what it holds in memory: bounds the queue.
  virtual std::size_t size_bytes() const = 0;
  /// Reads and stages. An Error discards what this request staged; others in the batch are untouched. May
  /// keep results in members for complete(). Called once, and again while has_more().
  virtual Status evaluate(WriteTransaction& transaction) = 0;
  /// Asked after an evaluate() that succeeded: is there a part left? It is evaluated next, in the same batch
  /// or, when that is full, in the next one: so a large request that is no transaction holds no more memory
  /// than the writer's budget. Parts that were evaluated stay, also if a later one fails.
  virtual bool has_more() const { return false; }
  /// Once: with evaluate()'s Status after the batch is durable, or with kThrottled / kUnavailable and no
  /// evaluation.
  virtual void complete(Status outcome) = 0;
  /// Where complete() runs; outlives the request.
  virtual CompletionSink& sink() = 0;
};

/// How far a shard has come; durable.
struct ShardHead {
  ShardId shard;
  SequenceNumber sequence;
  Ordinal ordinal;
  std::uint64_t cumulative_bytes = 0;
};

/// Told of durable progress, on the writer thread, after each commit: must be quick and must not block.
/// Registered before the writer starts; outlives it. This is how core calls up: streams implement it.
class LogListener {
 public:
  virtual ~LogListener() = default;
  virtual void on_durable(const std::vector<ShardHead>& heads) = 0;
};

struct WriterOptions {
  RegionId region;
  Durability durability = Durability::kSync;
  std::size_t queue_bytes_max = limits::kWriterQueueBytesMax;  ///< of each class
  /// Free disk space below which clients add nothing; others by their shares of it (docs/limits.md).
  std::uint64_t disk_floor_bytes = limits::kDiskFloorBytes;
  /// For incarnations and ids; empty = the operating system's entropy.
  std::function<std::uint64_t()> random;
  /// Called on the writer thread when a commit failed; empty = fatal(), as it must be outside of tests. If it
  /// returns, the writer answers kOutcomeUnknown to what was in flight and takes nothing more.
  std::function<void(const std::string& reason)> commit_failed;
};

/// The one writer of a region: a thin thread around WriterMachine (writer_machine.h), which drains the queue,
/// evaluates on an overlay and commits one batch with one sync. A failed commit ends the process: its outcome
/// is unknown. After each commit it publishes the catalog and the heads, then delivers completions, then
/// tells the listeners.
class Writer {
 public:
  virtual ~Writer() = default;

  /// Any thread. Takes the request; if the queue is full or the writer stops, completes it at once on this
  /// thread.
  virtual void submit(std::unique_ptr<WriteRequest> request) = 0;
  virtual void add_listener(LogListener* listener) = 0;
  virtual void start() = 0;
  /// Instead of start(): drains and commits one batch on the caller's thread; false if there was nothing to
  /// do. This is how the simulator drives the writer.
  virtual bool run_once() { return false; }
  /// Finishes what is queued, then stops and joins. Idempotent. If it was never started, what is queued
  /// answers kUnavailable.
  virtual void stop() = 0;
  /// Any thread: the durable head of a shard; nullopt for an unknown one. For a shard without records:
  /// sequence 0.
  virtual std::optional<ShardHead> head(ShardId shard) const = 0;
  /// Any thread: how many rows the table and its indexes have, as of the newest commit. Empty for a table
  /// that is not there.
  virtual TableCounts counts(TableId table) const = 0;
  /// Any thread: no record that becomes durable later has a smaller commit time. Follows the clock while
  /// nothing is on its way. Holds for the life of the process: after a crash with a wall clock that was set
  /// back it may start lower.
  virtual HybridTime watermark() const = 0;
  /// Any thread: what it did since it was made.
  virtual WriterStatus status() const = 0;
};

/// Submits a request made of a function and waits: for start-up, tests and rare maintenance. Never on an I/O
/// thread or the writer's, and not with run_once().
Status submit_and_wait(Writer& writer, WriteClass write_class,
                       std::function<Status(WriteTransaction&)> evaluate);
/// The same for a step of a fill.
Status submit_fill_and_wait(Writer& writer, std::function<Status(WriteTransaction&)> evaluate);

}  // namespace gyre::storage
