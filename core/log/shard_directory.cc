// SPDX-License-Identifier: Apache-2.0
#include "core/log/shard_directory.h"

#include <limits>

namespace gyre::log {

std::uint32_t to_position(std::uint64_t offset) {
  CHECK(is_aligned(offset) && offset / kAlignment <= std::numeric_limits<std::uint32_t>::max());
  return static_cast<std::uint32_t>(offset / kAlignment);
}

Status ShardDirectory::add(const EntryHead& head, std::uint64_t row_offset) {
  const auto [at, is_new] = shards_.try_emplace(head.shard);
  Shard& shard = at->second;
  ShardRun& run = shard.run;
  if (is_new) {
    run.first_sequence = head.sequence;
    run.first_ordinal = head.ordinal;
    run.first_time = head.time;
  } else if (head.ordinal.value() != run.last_ordinal.value() + 1 || head.sequence <= run.last_sequence) {
    return Error::corruption("shard " + std::to_string(head.shard.value()) + " has a gap before its record " +
                             std::to_string(head.ordinal.value()));
  }
  run.last_sequence = head.sequence;
  run.last_ordinal = head.ordinal;
  run.last_time = head.time;
  run.cumulative_bytes = head.cumulative_bytes;
  run.checksum = head.checksum;
  shard.positions.push_back(to_position(row_offset));
  CHECK(shard.positions.size() == run.count());
  if (record_count_ == 0) first_sequence_ = head.sequence;
  ++record_count_;
  record_bytes_ += head.length;
  return {};
}

const ShardDirectory::Shard* ShardDirectory::find(ShardId shard) const {
  const auto found = shards_.find(shard);
  return found == shards_.end() ? nullptr : &found->second;
}

}  // namespace gyre::log
