// SPDX-License-Identifier: Apache-2.0
#include "core/storage/recent_records.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/check.h"

namespace gyre::storage {
namespace {

// What a record takes besides its bytes, and a commit besides its records, about.
constexpr std::size_t kRecordOverheadBytes = sizeof(LogEntry) + sizeof(std::string);
constexpr std::size_t kCommitOverheadBytes = 256;

std::size_t memory_of(const LogSlice& records) {
  std::size_t bytes = kCommitOverheadBytes;
  for (const LogEntry& entry : records) bytes += entry.bytes.size() + kRecordOverheadBytes;
  return bytes;
}

Ordinal first_of(const LogSlice& records) {
  return records[0].ordinal;
}

}  // namespace

void RecentRecords::add(ShardId shard, LogSlice records) {
  CHECK(!records.empty());
  const std::size_t bytes = memory_of(records);
  std::vector<Commit> dropped;  // freed when readers may go on
  const std::lock_guard lock(mutex_);
  Commits& commits = shards_[shard];
  CHECK(commits.empty() || commits.back().records.back().ordinal.value() + 1 == first_of(records).value());
  commits.push_back({std::move(records), bytes});
  order_.push_back(shard);
  bytes_ += bytes;
  while (bytes_ > bytes_max_) dropped.push_back(take_oldest());
}

RecentRecords::Commit RecentRecords::take_oldest() {
  const auto shard = shards_.find(order_.front());
  CHECK(shard != shards_.end());
  order_.pop_front();
  Commit oldest = std::move(shard->second.front());
  bytes_ -= oldest.bytes;
  shard->second.pop_front();
  if (shard->second.empty()) shards_.erase(shard);
  return oldest;
}

void RecentRecords::forget(ShardId shard) {
  Commits forgotten;  // freed without the lock
  const std::lock_guard lock(mutex_);
  const auto found = shards_.find(shard);
  if (found == shards_.end()) return;
  for (const Commit& commit : found->second) bytes_ -= commit.bytes;
  forgotten = std::move(found->second);
  shards_.erase(found);
  std::erase(order_, shard);
}

std::size_t RecentRecords::size_bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::optional<LogSlice> RecentRecords::read(const LogCursor& cursor, std::size_t records_max,
                                            std::size_t bytes_max) const {
  const bool from_start = cursor.sequence == SequenceNumber();
  // A shard's ordinals count from 1.
  const Ordinal at = from_start ? Ordinal(1) : cursor.ordinal;
  const std::lock_guard lock(mutex_);
  const auto shard = shards_.find(cursor.shard);
  if (shard == shards_.end()) return std::nullopt;
  const Commits& commits = shard->second;
  auto commit = std::upper_bound(
      commits.begin(), commits.end(), at,
      [](Ordinal ordinal, const Commit& candidate) { return ordinal < first_of(candidate.records); });
  if (commit == commits.begin()) return std::nullopt;
  --commit;
  std::size_t index = at.value() - first_of(commit->records).value();
  if (index >= commit->records.size()) return std::nullopt;
  if (!from_start) {
    const LogEntry& seen = commit->records[index];
    if (seen.sequence != cursor.sequence || change_record_checksum(seen.bytes) != cursor.checksum)
      return std::nullopt;
    ++index;
  }

  LogSlice slice;
  std::size_t bytes = 0;
  for (; commit != commits.end(); ++commit, index = 0) {
    const LogSlice& records = commit->records;
    const std::size_t before = slice.size();
    for (; index < records.size(); ++index) {
      bytes += records[index].bytes.size();
      if (slice.size() == records_max || (!slice.empty() && bytes > bytes_max)) break;
      slice.entries.push_back(records[index]);
    }
    if (slice.size() > before) {
      slice.memory.insert(slice.memory.end(), records.memory.begin(), records.memory.end());
    }
    if (index < records.size()) break;
  }
  return slice;
}

}  // namespace gyre::storage
