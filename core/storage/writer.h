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
#include "core/base/work.h"
#include "core/engine/engine.h"
#include "core/model/key.h"
#include "core/storage/catalog.h"
#include "core/storage/change_record.h"
#include "core/storage/index_rows.h"
#include "core/storage/item_cache.h"
#include "core/storage/stored_item.h"
#include "core/storage/table_counts.h"

namespace gyre::storage {

/// Classes of the writer's queue, drained by weight so that a first copy never starves clients.
enum class WriteClass { kClient, kReplication, kMaintenance };

/// A write that another region (or this one, earlier) decided, or an expiry: taken over with its version as
/// it is.
struct VersionedWrite {
  std::optional<std::string> image;  ///< canonical item encoding; absent = a delete
  Version version;
  VersionVector vector;  ///< already merged by the resolver
  Origin origin;         ///< of an expiry without a sequence: the record's own is filled in
  bool backfill = false;
};

/// What one request sees and stages while it is evaluated. Reads see what earlier requests of the same batch
/// did. Nothing of it is kept if evaluate() answers an Error. Writer thread only; dies with the evaluation.
class WriteTransaction {
 public:
  virtual ~WriteTransaction() = default;

  virtual const CatalogSnapshot& catalog() const = 0;
  virtual std::uint64_t now_ms() const = 0;
  virtual const RegionId& region() const = 0;
  /// A fresh random number: incarnations, ids.
  virtual std::uint64_t random() = 0;
  /// What the whole evaluation of this request may take of the writer's time: where it goes through items and
  /// expressions, it counts that here, and stops with kIncomplete once it is used up.
  virtual Work& work() = 0;

  // --- items ---
  /// What was read before the request was submitted saves read() a search, if it still holds.
  virtual void offer(PrefetchedItem prefetched) = 0;
  virtual Result<StoredItem> read(const TableEntry& table, const ItemKey& key) = 0;
  /// A local write: stamped by the region's clock, one change record. `image` is the canonical encoding and
  /// holds the key. An equal value is no write at all, or a `touch` if the table is replicated.
  virtual Status put(const TableEntry& table, const ItemKey& key, std::string image) = 0;
  /// A local delete. Of nothing: no write, unless the table is replicated and a newer tombstone is due.
  virtual Status erase(const TableEntry& table, const ItemKey& key) = 0;
  /// A write whose version is decided already. The caller resolved it against read().
  virtual Status put_version(const TableEntry& table, const ItemKey& key, VersionedWrite write) = 0;
  /// Only the header changes (vectors merged after a conflict that the stored value won); no change record.
  virtual Status put_vector(const TableEntry& table, const ItemKey& key, VersionVector merged) = 0;
  virtual void record_conflict(Conflict conflict) = 0;
  /// Puts what stands at the key into an index of the table, unless it stands there already or cannot: for
  /// items that were there before the index. Writes keep indexes themselves.
  virtual Status add_to_index(const TableEntry& table, IndexId index, const ItemKey& key) = 0;
  /// What this request, as staged so far, changes at the key in the indexes of the table: for the bill.
  virtual Result<std::vector<IndexWrite>> index_writes(const TableEntry& table, const ItemKey& key) = 0;

  // --- rows of the catalog family that belong to other rooms: "cursor/...", "checkpoint/...", "link/..." ---
  virtual Result<std::optional<std::string>> row(std::string_view key) = 0;
  virtual void put_row(std::string key, std::string value) = 0;
  virtual void erase_row(std::string key) = 0;

  // --- the expiry index (core/storage/expiry_rows.h) ---
  /// Puts or, without a value, erases a row. Writes of items keep the index right by themselves; this adds
  /// what was there before it, and moves its cursor.
  virtual void set_expiry_row(std::string key, std::optional<std::string> value) = 0;

  // --- the catalog: a row, a record in the catalog shard, and the snapshot ---
  /// Creates or replaces a table. A new one (unknown id) gets its first shards, labelled with its enabled
  /// stream. An index that is not in `schema` any more loses its entries.
  virtual Status put_table(TableSchema schema) = 0;
  /// Marks it deleted, removes its items and index entries, closes its shards; they stay readable until they
  /// are trimmed.
  virtual Status drop_table(TableId id) = 0;
  /// Closes the table's open shards and opens one child each, shown by `stream_label`.
  virtual Status roll_shards(TableId id, const std::string& stream_label) = 0;
  /// Forgets a closed shard and its records. With the last shard of a deleted table the table is forgotten
  /// too.
  virtual Status trim_shard(ShardId shard) = 0;
  /// Any other message to those who follow the catalog shard.
  virtual void announce(CatalogChange change) = 0;
  virtual TableId new_table_id() = 0;
  virtual IndexId new_index_id() = 0;

  // --- the clock ---
  virtual HybridTime last_stamp() const = 0;
  /// Takes over a remote stamp that passed the skew check.
  virtual void observe_clock(HybridTime remote) = 0;

  /// Who asked, for the change records of this request.
  virtual void set_audit(std::string_view principal, std::string_view request_id) = 0;
};

/// One mutation on its way through the writer: made on any thread, evaluated on the writer's, completed on
/// its sink's. Deciding what to write belongs in pure functions that evaluate() calls.
class WriteRequest {
 public:
  virtual ~WriteRequest() = default;
  virtual WriteClass write_class() const { return WriteClass::kClient; }
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
};

/// Submits a request made of a function and waits: for start-up, tests and rare maintenance. Never on an I/O
/// thread or the writer's, and not with run_once().
Status submit_and_wait(Writer& writer, WriteClass write_class,
                       std::function<Status(WriteTransaction&)> evaluate);

}  // namespace gyre::storage
