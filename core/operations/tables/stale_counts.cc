// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/stale_counts.h"

#include "core/base/limits.h"

namespace gyre::operations {

storage::TableCounts StaleCounts::counts(const TableSchema& table) {
  const std::uint64_t now_ms = store_.clock().now_ms();
  const std::lock_guard lock(mutex_);
  const auto shown = taken_.find(table.id);
  const std::uint64_t since_ms = shown == taken_.end() ? table.created_ms : shown->second.at_ms;
  const bool due = now_ms >= since_ms + limits::kStaleCountsMs;
  if (!due) return shown == taken_.end() ? storage::TableCounts() : shown->second.counts;
  forget_deleted();
  Taken& taken = taken_[table.id];
  taken = {store_.writer().counts(table.id), now_ms};
  return taken.counts;
}

void StaleCounts::forget_deleted() {
  const auto catalog = store_.catalog().snapshot();
  if (taken_.size() <= 2 * catalog->names().size()) return;
  std::erase_if(taken_, [&](const auto& one) { return catalog->find(one.first) == nullptr; });
}

}  // namespace gyre::operations
