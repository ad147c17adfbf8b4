// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace gyre {

/// A number that means one thing only: explicit to build, compared with its own kind.
template <class Tag>
class NumericId {
 public:
  constexpr NumericId() = default;
  explicit constexpr NumericId(std::uint64_t value) : value_(value) {}
  constexpr std::uint64_t value() const { return value_; }
  friend constexpr auto operator<=>(const NumericId&, const NumericId&) = default;

 private:
  std::uint64_t value_ = 0;
};

/// A table of one region; unique in the life of a store, never used again.
using TableId = NumericId<struct TableIdTag>;
/// A secondary index of one table; unique in the life of a store, never used again.
using IndexId = NumericId<struct IndexIdTag>;
/// Position in the region's total order of change records; 0 is before the first. Increasing in a shard,
/// unique in a region.
using SequenceNumber = NumericId<struct SequenceNumberTag>;
/// Position in one shard, from 1 without gaps; 0 is before the first.
using Ordinal = NumericId<struct OrdinalTag>;
/// A shard; the hybrid-clock stamp of its opening, so the order of ids is the order of creation. Unique in a
/// region.
using ShardId = NumericId<struct ShardIdTag>;
/// One life of one member of a table's replication group: new on every replica create or restore.
using IncarnationId = NumericId<struct IncarnationIdTag>;
/// One life of a store: new when a data directory is created, restored or rewound. Every cursor carries it.
using Epoch = NumericId<struct EpochTag>;

/// A region's name, "us-east-1".
class RegionId {
 public:
  RegionId() = default;
  explicit RegionId(std::string name) : name_(std::move(name)) {}
  const std::string& name() const { return name_; }
  bool empty() const { return name_.empty(); }
  friend auto operator<=>(const RegionId&, const RegionId&) = default;

 private:
  std::string name_;
};

}  // namespace gyre

template <class Tag>
struct std::hash<gyre::NumericId<Tag>> {
  std::size_t operator()(const gyre::NumericId<Tag>& id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value());
  }
};

template <>
struct std::hash<gyre::RegionId> {
  std::size_t operator()(const gyre::RegionId& id) const noexcept {
    return std::hash<std::string>{}(id.name());
  }
};
