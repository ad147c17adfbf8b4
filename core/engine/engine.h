// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace gyre::storage {

/// The column families of a region's store.
enum class Family { kCatalog, kItems, kIndexes, kTombstones, kChanges, kConflicts };
inline constexpr int kFamilyCount = 6;

/// kCache answers kIncomplete instead of waiting for the disk: I/O threads read with it first. What it finds
/// in memory is the engine's or the operating system's.
enum class ReadTier { kCache, kAll };

/// When a commit counts: on disk (the default), or once the operating system has it (opt-in).
enum class Durability { kSync, kAsync };

/// Did a commit happen? kUnknown ends the process: it may exist after a reopen.
enum class CommitOutcome { kCommitted, kNotCommitted, kUnknown };

/// Bytes that the engine keeps alive for as long as this lives. Movable.
class EngineValue {
 public:
  EngineValue() = default;
  explicit EngineValue(std::string owned)
      : holder_(std::make_shared<std::string>(std::move(owned))),
        view_(*static_cast<const std::string*>(holder_.get())) {}
  EngineValue(std::shared_ptr<const void> holder, std::string_view view)
      : holder_(std::move(holder)), view_(view) {}
  std::string_view view() const { return view_; }

 private:
  std::shared_ptr<const void> holder_;  // shared, because the type of what is pinned is the engine's own
  std::string_view view_;
};

/// What one commit changes, in order. Later entries win.
class Batch {
 public:
  struct Change {
    enum class Kind { kPut, kErase, kEraseRange };
    Kind kind;
    Family family;
    std::string key;    ///< of a range: its first key
    std::string value;  ///< of a range: the first key after it
  };

  void put(Family family, std::string key, std::string value);
  void erase(Family family, std::string key);
  void erase_range(Family family, std::string first, std::string end);
  /// Moves all changes of `other` behind these.
  void append(Batch&& other);

  const std::vector<Change>& changes() const { return changes_; }
  /// Of a batch that was committed: hands out what a change put.
  std::string take_value(std::size_t index) { return std::move(changes_[index].value); }
  std::size_t size_bytes() const { return size_bytes_; }
  bool empty() const { return changes_.empty(); }
  void clear();

 private:
  std::vector<Change> changes_;
  std::size_t size_bytes_ = 0;
};

/// A consistent view; holding one keeps old data alive, so hold it briefly.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
};

/// Steps over one family in key order, within bounds. One thread. After status() is an Error, valid() is
/// false: kIncomplete means: do it again with kAll, and with no bound on what a step passes over.
class Iterator {
 public:
  virtual ~Iterator() = default;
  virtual void seek(std::string_view key) = 0;           ///< first key >= `key`
  virtual void seek_for_prev(std::string_view key) = 0;  ///< last key <= `key`
  virtual void seek_to_first() = 0;
  virtual void seek_to_last() = 0;
  virtual bool valid() const = 0;
  virtual void next() = 0;
  virtual void prev() = 0;
  virtual std::string_view key() const = 0;    ///< until the next step
  virtual std::string_view value() const = 0;  ///< until the next step
  virtual Status status() const = 0;
};

struct IterateOptions {
  std::string lower{};  ///< inclusive; empty = from the start
  std::string upper{};  ///< exclusive; empty = to the end
  ReadTier tier = ReadTier::kAll;
  const Snapshot* snapshot = nullptr;  ///< nullptr: as of now
  /// Of a long read in order: how much of a file to read at a time. What it reads is not put into the block
  /// cache. 0 = a block.
  std::size_t readahead_bytes = 0;
  /// How many deleted or overwritten rows one step may pass over: beyond, the iterator fails with
  /// kIncomplete. 0 = any number.
  std::uint64_t skipped_rows_max = 0;
};

/// Rows from `lower` (inclusive) to `upper` (exclusive).
struct KeyRange {
  std::string lower;
  std::string upper;
  bool operator==(const KeyRange&) const = default;
};

/// What an engine takes in one batch, and as one value.
struct EngineLimits {
  std::size_t batch_bytes_max;
  std::size_t value_bytes_max;
};

/// What an engine can do that keeps its files on a disk of this machine. Any thread.
class Disk {
 public:
  /// A consistent copy of the whole store in a new directory.
  virtual Status checkpoint(const std::string& directory) const = 0;
  /// Free bytes where the store lives.
  virtual std::uint64_t free_bytes() const = 0;

 protected:
  ~Disk() = default;  // it is a part of its engine
};

/// An ordered key-value store with atomic durable batches: the seam to RocksDB (rocksdb/rocksdb_engine.h), to
/// the one in memory (memory/memory_engine.h: regions without a disk, tests, the simulator), and later to a
/// distributed one. Reads on any thread; commit on the writer's.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual Result<std::optional<EngineValue>> get(Family family, std::string_view key,
                                                 ReadTier tier) const = 0;
  /// As of `snapshot`, or as of now for nullptr. In the order of the keys.
  virtual std::vector<Result<std::optional<EngineValue>>> multi_get(Family family,
                                                                    const std::vector<std::string>& keys,
                                                                    ReadTier tier,
                                                                    const Snapshot* snapshot) const = 0;
  virtual std::unique_ptr<Iterator> iterate(Family family, const IterateOptions& options) const = 0;
  virtual std::shared_ptr<const Snapshot> snapshot() const = 0;

  /// All of `batch` or nothing. Answers exactly once, possibly before commit() returns and on any thread;
  /// what it wrote is visible to reads by then, and only if it is durable.
  using CommitCallback = std::function<void(CommitOutcome, const std::string& reason)>;
  virtual void commit(const Batch& batch, Durability durability, CommitCallback answer) = 0;

  /// Bytes that a family takes where it is kept, about.
  virtual std::uint64_t size_bytes(Family family) const = 0;
  /// Bytes that the rows from `lower` (inclusive) to `upper` (exclusive) take, about, without reading them.
  virtual std::uint64_t range_bytes(Family family, std::string_view lower, std::string_view upper) const = 0;
  /// The same for as long as the engine lives.
  virtual EngineLimits limits() const = 0;
  /// nullptr: it has none. Lives as long as the engine.
  virtual const Disk* disk() const { return nullptr; }

  /// Gives back the disk space of rows that were erased. Nothing in `dead` is read or written any more, now
  /// or later: the engine may even forget that it was erased. May take minutes; one thread at a time. Ends
  /// early, without an Error, after stop_background().
  virtual Status reclaim(Family, const std::vector<KeyRange>&) { return {}; }
  /// The engine is about to go: reclaim() ends soon. Any thread; reads and commits go on. Idempotent.
  virtual void stop_background() {}
};

/// What a commit answered.
struct CommitResult {
  CommitOutcome outcome;
  std::string reason;
};
/// Commits and waits for the answer.
CommitResult commit_and_wait(Engine& engine, const Batch& batch, Durability durability);

}  // namespace gyre::storage
