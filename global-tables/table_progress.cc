// SPDX-License-Identifier: Apache-2.0
#include "global-tables/table_progress.h"

#include <fmt/core.h>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre::global_tables {
namespace {

constexpr std::uint8_t kFormat = 1;

}  // namespace

// Format: 1 byte format, incarnation, varint attempt, 1 byte copied, pinned, sized scan position, varint
// count, then per shard: id, sized cursor, varint of done_ms (0 = not done).
std::string encode_table_progress(const TableProgress& progress) {
  std::string out;
  append_u8(out, kFormat);
  append_u64_be(out, progress.peer_incarnation.value());
  append_varint(out, progress.attempt);
  append_u8(out, progress.copied ? 1 : 0);
  append_u64_be(out, progress.pinned);
  append_sized(out, progress.scan_position);
  append_varint(out, progress.shards.size());
  for (const auto& [id, shard] : progress.shards) {
    append_u64_be(out, id.value());
    CHECK(shard.cursor == storage::LogCursor() || shard.cursor.shard == id);
    append_sized(out, storage::encode_log_cursor(shard.cursor));
    append_varint(out, shard.done_ms.value_or(0));
  }
  return out;
}

Result<TableProgress> decode_table_progress(std::string_view bytes) {
  ByteReader reader(bytes);
  TableProgress progress;
  ASSIGN_OR_RETURN(const std::uint8_t format, reader.u8());
  if (format != kFormat) return Error::corruption("unknown format of a replication cursor");
  ASSIGN_OR_RETURN(const std::uint64_t incarnation, reader.u64_be());
  progress.peer_incarnation = IncarnationId(incarnation);
  ASSIGN_OR_RETURN(progress.attempt, reader.varint());
  ASSIGN_OR_RETURN(const std::uint8_t copied, reader.u8());
  progress.copied = copied != 0;
  ASSIGN_OR_RETURN(progress.pinned, reader.u64_be());
  ASSIGN_OR_RETURN(const std::string_view position, reader.sized());
  progress.scan_position = position;
  ASSIGN_OR_RETURN(const std::uint64_t count, reader.varint());
  for (std::uint64_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const std::uint64_t id, reader.u64_be());
    ASSIGN_OR_RETURN(const std::string_view cursor_bytes, reader.sized());
    TableProgress::Shard shard;
    ASSIGN_OR_RETURN(shard.cursor, storage::decode_log_cursor(cursor_bytes));
    ASSIGN_OR_RETURN(const std::uint64_t done_ms, reader.varint());
    if (done_ms != 0) shard.done_ms = done_ms;
    if (shard.cursor != storage::LogCursor() && shard.cursor.shard != ShardId(id)) {
      return Error::corruption("a replication cursor names another shard");
    }
    progress.shards.emplace(ShardId(id), std::move(shard));
  }
  if (!reader.at_end()) return Error::corruption("a replication cursor is too long");
  return progress;
}

std::string progress_row(const RegionId& peer, TableId table) {
  return fmt::format("cursor/{}/{:016x}", peer.name(), table.value());
}

std::string catalog_cursor_row(const RegionId& peer) {
  return fmt::format("cursor/{}/catalog", peer.name());
}

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
    case ProgressStep::Kind::kShardDone:
      progress.shards[step.shard].done_ms = now_ms;
      std::erase_if(progress.shards, [now_ms](const auto& entry) {
        return entry.second.done_ms && *entry.second.done_ms + limits::kFinishedShardKeptMs < now_ms;
      });
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
      progress.pinned = step.copy ? step.pinned : 0;
      return {};
  }
  return Error::internal("unknown step of progress");
}

}  // namespace gyre::global_tables
