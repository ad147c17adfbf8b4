// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/log/entry.h"

namespace gyre::log {

/// What one segment has of one shard.
struct ShardRun {
  SequenceNumber first_sequence{};
  SequenceNumber last_sequence{};
  Ordinal first_ordinal{};
  Ordinal last_ordinal{};
  HybridTime first_time = 0;
  HybridTime last_time = 0;
  std::uint64_t cumulative_bytes = 0;  ///< at the last record
  std::uint64_t checksum = 0;          ///< of the last record

  std::uint64_t count() const { return last_ordinal.value() - first_ordinal.value() + 1; }
  bool has(Ordinal ordinal) const { return first_ordinal <= ordinal && ordinal <= last_ordinal; }
  bool operator==(const ShardRun&) const = default;
};

/// Where the rows of a segment's records lie: by shard, then by ordinal. For segments that are not sealed; in
/// sealed ones the footer says it. No lock of its own.
class ShardDirectory {
 public:
  struct Shard {
    ShardRun run;
    std::vector<std::uint32_t> positions;  ///< of the rows in the file, divided by kAlignment
  };

  /// kCorruption if the record does not continue what is here of its shard.
  Status add(const EntryHead& head, std::uint64_t row_offset);
  /// nullptr: no records.
  const Shard* find(ShardId shard) const;
  const std::map<ShardId, Shard>& shards() const { return shards_; }
  std::uint64_t record_count() const { return record_count_; }
  std::uint64_t record_bytes() const { return record_bytes_; }
  /// Of the first record; 0: there is none.
  SequenceNumber first_sequence() const { return first_sequence_; }

 private:
  std::map<ShardId, Shard> shards_;
  std::uint64_t record_count_ = 0;
  std::uint64_t record_bytes_ = 0;
  SequenceNumber first_sequence_{};
};

std::uint32_t to_position(std::uint64_t offset);
inline std::uint64_t to_offset(std::uint32_t position) {
  return std::uint64_t{position} * kAlignment;
}

}  // namespace gyre::log
