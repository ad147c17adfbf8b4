// SPDX-License-Identifier: Apache-2.0
#include "global-tables/table_progress.h"

#include <fmt/core.h>

#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre::global_tables {

Status advance(TableProgress& progress, const ProgressStep& step, std::uint64_t now_ms) {
  if (step.kind != ProgressStep::Kind::kReset && step.attempt != progress.attempt) {
    return Error::internal("the table has been started anew since");
  }
  switch (step.kind) {
    case ProgressStep::Kind::kNone:
      return {};
    case ProgressStep::Kind::kShard: {
      TableProgress::Shard& shard = progress.shards[step.shard];
      if (shard.done_ms || shard.cursor != step.from) {
        return Error::internal(
            fmt::format("shard {} does not stand where its batch starts", step.shard.value()));
      }
      CHECK(step.to.shard == step.shard);
      shard.cursor = step.to;
      return {};
    }
    case ProgressStep::Kind::kListed:
      for (const ShardId shard : step.shards) progress.shards[shard];
      if (step.pinned) progress.pinned = *step.pinned;
      return {};
    case ProgressStep::Kind::kShardDone:
      progress.shards[step.shard].done_ms = now_ms;
      for (const ShardId child : step.shards) progress.shards[child];
      for (const ShardId shard : step.forgotten) progress.shards.erase(shard);
      return {};
    case ProgressStep::Kind::kScan:
      progress.scan_position = step.scan_position;
      if (step.scan_end) {
        progress.copied = true;
        progress.scan_position.clear();
      }
      return {};
    case ProgressStep::Kind::kReset:
      progress = TableProgress();
      progress.peer_incarnation = step.peer_incarnation;
      progress.attempt = step.attempt;
      progress.copied = !step.copy;
      return {};
  }
  return Error::internal("unknown step of progress");
}

std::vector<ShardId> long_finished(const TableProgress& progress, std::uint64_t now_ms) {
  std::vector<ShardId> shards;
  for (const auto& [id, shard] : progress.shards) {
    if (shard.done_ms && *shard.done_ms + limits::kFinishedShardKeptMs < now_ms) shards.push_back(id);
  }
  return shards;
}

}  // namespace gyre::global_tables
