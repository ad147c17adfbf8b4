// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace gyre::storage {

/// The column families of a region's store.
/// Their numbers are in the log (core/log): they never change.
enum class Family : std::uint8_t { kCatalog = 1, kItems = 2, kIndexes = 3, kTombstones = 4, kConflicts = 5 };
inline constexpr int kFamilyCount = 5;
inline constexpr std::array<Family, kFamilyCount> kFamilies = {
    Family::kCatalog, Family::kItems, Family::kIndexes, Family::kTombstones, Family::kConflicts};
/// Its place in kFamilies.
constexpr std::size_t index_of(Family family) {
  return static_cast<std::size_t>(family) - 1;
}

/// kCache answers kIncomplete instead of waiting for the disk: I/O threads read with it first. What it finds
/// in memory is the engine's or the operating system's.
enum class ReadTier { kCache, kAll };

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

enum class ChangeOfRows : std::uint8_t { kPut = 1, kErase = 2, kEraseRange = 3 };

/// A key or a value in two parts, one behind the other, in bytes that somebody else keeps.
struct RowBytes {
  std::string_view head{};
  std::string_view tail{};
  std::size_t size() const { return head.size() + tail.size(); }
  std::string joined() const { return std::string(head).append(tail); }
};

/// What is done to one row, or to a range of them.
struct RowChange {
  ChangeOfRows kind = ChangeOfRows::kPut;
  Family family = Family::kCatalog;
  RowBytes key;    ///< of a range: its first key
  RowBytes value;  ///< of a range: the first key after it
};

/// What is changed at once, in order. Later changes win.
class Batch {
 public:
  struct Change {
    ChangeOfRows kind;
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
  /// Views of the changes.
  std::vector<RowChange> rows() const;
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

/// An ordered key-value store that follows the log: what it is told is visible at once, and durable once it
/// was flushed. What a crash leaves is the state after some batch that was applied, in all families alike;
/// who applies the later ones again has the same store as before. The seam to RocksDB
/// (rocksdb/rocksdb_engine.h), to the one in memory (memory/memory_engine.h: regions without a disk, tests,
/// the simulator), and later to a distributed one. Reads on any thread; apply() and begin_flush() on one at a
/// time, the writer's.
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

  /// All of it or nothing, visible to reads when this returns. After an Error nobody knows what is there: the
  /// process must end.
  virtual Status apply(std::span<const RowChange> changes) = 0;
  Status apply(const Batch& batch) { return apply(batch.rows()); }
  /// So much is in memory alone that it should be flushed.
  virtual bool flush_is_due() const = 0;
  /// All that was applied is on its way to the disk, as one. Returns at once. If it fails later, apply()
  /// does. While an earlier flush is under way it may stay due.
  virtual Status begin_flush() = 0;
  /// The same, and waits. Any thread.
  virtual Status flush() = 0;
  /// What a crash would leave of a row.
  virtual Result<std::optional<EngineValue>> flushed(Family family, std::string_view key) const = 0;

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

}  // namespace gyre::storage
