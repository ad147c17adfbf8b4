// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/log/log_state.h"

namespace gyre::log {

/// Entries, and the memory that they lie in: good for as long as one holds that.
struct Slice {
  std::vector<Entry> entries;
  std::vector<Memory> memory;

  std::size_t size() const { return entries.size(); }
  bool empty() const { return entries.empty(); }
};

/// Reads records of one segment, where they lie close together in large pieces. One thread; the segment
/// outlives it.
class RecordReader {
 public:
  /// What is read is kept alive in `memory`. `spacing_bytes`: from one record that is wanted to the next,
  /// about.
  RecordReader(const files::File& file, SegmentNumber segment, std::vector<Memory>& memory,
               std::uint64_t spacing_bytes);

  /// A record, checked: kCorruption, with the place, if it is not the one that is wanted or not as it was
  /// written.
  Result<Entry> read(const RecordPlace& place, ShardId shard, Ordinal ordinal);
  Result<EntryRow> read_row(const RecordPlace& place, ShardId shard, Ordinal ordinal);
  /// What it keeps alive.
  std::uint64_t memory_bytes() const { return memory_bytes_; }

 private:
  Result<std::string_view> bytes_at(const RecordPlace& place, std::uint64_t offset, std::uint64_t bytes);

  const files::File& file_;
  const SegmentNumber segment_;
  std::vector<Memory>& memory_;
  const bool dense_;
  Memory window_;
  std::uint64_t window_offset_ = 0;
  std::uint64_t memory_bytes_ = 0;
};

}  // namespace gyre::log
