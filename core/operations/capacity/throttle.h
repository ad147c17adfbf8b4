// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/operations/capacity/capacity.h"
#include "core/storage/catalog.h"

namespace gyre::operations {

enum class CapacityKind { kRead, kWrite };

/// Refuses requests to tables and global indexes whose capacity is spent, as AWS does: a token bucket for
/// each and for each kind, filled at the rate of what is provisioned, or of the cap of an on-demand one, and
/// keeping what was not used for 300 seconds (AWS developer guide, "Burst capacity"). A new bucket is full. A
/// request is admitted while anything is left, and pays once its price is known, so a bucket may fall below
/// zero. What has neither throughput nor cap has no bucket. Kept in memory alone; any thread; goes by steady
/// time.
class Throttle {
 public:
  /// `clock` outlives this. `region`: for the ARNs in refusals.
  Throttle(const Clock& clock, RegionId region) : clock_(clock), region_(std::move(region)) {}

  /// kThroughputExceeded (PROVISIONED) or kThrottled (on demand), naming each bucket that is empty: the
  /// table's or, of a read of a global index, the index's; for a write also those of all global indexes.
  Status admit(const TableSchema& table, const IndexSchema* index, CapacityKind kind);
  /// Takes what a request cost. `index`: nullptr for the table itself.
  void consume(const TableSchema& table, const IndexSchema* index, CapacityKind kind, double units);

 private:
  struct Bucket {
    std::int64_t billionths = 0;  ///< of units; whole numbers, so that what comes in is what goes out
    std::uint64_t filled_ns = 0;
  };
  using BucketKey = std::tuple<TableId, IndexId, CapacityKind>;

  // Nothing if there is no limit; with mutex_ held.
  Bucket* bucket_of(const TableSchema& table, const IndexSchema* index, CapacityKind kind);
  void forget_idle(std::uint64_t now_ns);
  bool is_empty(const TableSchema& table, const IndexSchema* index, CapacityKind kind);
  Error refusal(const TableSchema& table, const std::vector<const IndexSchema*>& empty,
                CapacityKind kind) const;

  const Clock& clock_;
  const RegionId region_;
  std::mutex mutex_;
  std::map<BucketKey, Bucket> buckets_;
};

/// What one request pays for: reads or writes of a table, or reads of one of its indexes. Copyable; without a
/// throttle it is off, and does nothing.
class Meter {
 public:
  Meter() = default;
  /// `throttle` may be nullptr. `index`, one of the table's or nullptr.
  Meter(Throttle* throttle, storage::TablePointer table, const IndexSchema* index, CapacityKind kind);

  bool is_on() const { return throttle_ != nullptr; }
  /// On an I/O thread, before anything is done: kThroughputExceeded, kThrottled.
  Status admit() const;
  /// Once the price is known.
  void consume(double units) const;
  /// Of a batch of `count` parts: how many of the first ones are admitted. Each of them pays `least` at once;
  /// what it costs beyond is for consume().
  std::size_t admit_some(std::size_t count, double least) const;
  /// Of a write: what it cost the table, `price` times, and its indexes.
  void consume(const WriteCost& cost, double price = 1) const;

 private:
  Throttle* throttle_ = nullptr;
  storage::TablePointer table_;  // keeps the index too
  const IndexSchema* index_ = nullptr;
  CapacityKind kind_ = CapacityKind::kRead;
};

}  // namespace gyre::operations
