// SPDX-License-Identifier: Apache-2.0
#include "global-tables/progress_rows.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/check.h"

namespace gyre::global_tables {
namespace {

constexpr std::uint8_t kTableFormat = 3;
constexpr std::uint8_t kShardFormat = 1;
constexpr storage::RowPrefix kCursors("cursor/");

storage::RoomRow table_row(const RegionId& peer, TableId table) {
  return {kCursors, fmt::format("{}/{:016x}", peer.name(), table.value())};
}

storage::RoomRow shard_row(const RegionId& peer, TableId table, ShardId shard) {
  return {kCursors, fmt::format("{}/{:016x}/{:016x}", peer.name(), table.value(), shard.value())};
}

std::string encode_table(const TableProgress& progress) {
  std::string out;
  append_u8(out, kTableFormat);
  append_u64_be(out, progress.peer_incarnation.value());
  append_varint(out, progress.attempt);
  append_u8(out, progress.copied ? 1 : 0);
  append_u64_be(out, progress.pinned.epoch.value());
  append_u64_be(out, progress.pinned.sequence.value());
  append_sized(out, progress.scan_position);
  append_varint(out, progress.shards.size());
  for (const auto& [id, shard] : progress.shards) append_u64_be(out, id.value());
  return out;
}

Result<TableProgress> decode_table(std::string_view bytes) {
  ByteReader reader(bytes);
  TableProgress progress;
  ASSIGN_OR_RETURN(const std::uint8_t format, reader.u8());
  if (format != kTableFormat) return Error::corruption("unknown format of a replication cursor");
  ASSIGN_OR_RETURN(const std::uint64_t incarnation, reader.u64_be());
  progress.peer_incarnation = IncarnationId(incarnation);
  ASSIGN_OR_RETURN(progress.attempt, reader.varint());
  ASSIGN_OR_RETURN(const std::uint8_t copied, reader.u8());
  progress.copied = copied != 0;
  ASSIGN_OR_RETURN(const std::uint64_t pinned_epoch, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t pinned_sequence, reader.u64_be());
  progress.pinned = {Epoch(pinned_epoch), SequenceNumber(pinned_sequence)};
  ASSIGN_OR_RETURN(const std::string_view position, reader.sized());
  progress.scan_position = position;
  ASSIGN_OR_RETURN(const std::uint64_t count, reader.varint());
  for (std::uint64_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const std::uint64_t id, reader.u64_be());
    progress.shards[ShardId(id)];
  }
  if (!reader.at_end()) return Error::corruption("a replication cursor is too long");
  return progress;
}

std::string encode_shard(ShardId id, const TableProgress::Shard& shard) {
  CHECK(shard.cursor == storage::LogCursor() || shard.cursor.shard == id);
  std::string out;
  append_u8(out, kShardFormat);
  append_sized(out, storage::encode_log_cursor(shard.cursor));
  append_varint(out, shard.done_ms.value_or(0));
  return out;
}

Result<TableProgress::Shard> decode_shard(ShardId id, std::string_view bytes) {
  ByteReader reader(bytes);
  TableProgress::Shard shard;
  ASSIGN_OR_RETURN(const std::uint8_t format, reader.u8());
  if (format != kShardFormat) return Error::corruption("unknown format of a shard's replication cursor");
  ASSIGN_OR_RETURN(const std::string_view cursor, reader.sized());
  ASSIGN_OR_RETURN(shard.cursor, storage::decode_log_cursor(cursor));
  ASSIGN_OR_RETURN(const std::uint64_t done_ms, reader.varint());
  if (done_ms != 0) shard.done_ms = done_ms;
  if (!reader.at_end()) return Error::corruption("a shard's replication cursor is too long");
  if (shard.cursor != storage::LogCursor() && shard.cursor.shard != id) {
    return Error::corruption("a replication cursor names another shard");
  }
  return shard;
}

}  // namespace

storage::RoomRow catalog_cursor_row(const RegionId& peer) {
  return {kCursors, fmt::format("{}/catalog", peer.name())};
}

Result<std::optional<TableProgress>> load_progress(const ReadRow& row, const RegionId& peer, TableId table,
                                                   std::optional<ShardId> only) {
  ASSIGN_OR_RETURN(const std::optional<std::string> head, row(table_row(peer, table)));
  if (!head) return std::optional<TableProgress>();
  ASSIGN_OR_RETURN(TableProgress progress, decode_table(*head));
  for (auto& [id, shard] : progress.shards) {
    if (only && id != *only) continue;
    ASSIGN_OR_RETURN(const std::optional<std::string> place, row(shard_row(peer, table, id)));
    if (!place) return Error::corruption("a shard's replication cursor is missing");
    ASSIGN_OR_RETURN(shard, decode_shard(id, *place));
  }
  return std::optional(std::move(progress));
}

std::vector<RowChange> progress_changes(const RegionId& peer, TableId table,
                                        const std::optional<TableProgress>& before,
                                        const std::optional<TableProgress>& after) {
  static const std::map<ShardId, TableProgress::Shard> kNone;
  const auto& old_shards = before ? before->shards : kNone;
  const auto& new_shards = after ? after->shards : kNone;
  std::vector<RowChange> changes;
  for (const auto& [id, shard] : old_shards) {
    if (!new_shards.contains(id)) changes.push_back({shard_row(peer, table, id), std::nullopt});
  }
  for (const auto& [id, shard] : new_shards) {
    const auto old = old_shards.find(id);
    if (old != old_shards.end() && old->second == shard) continue;
    changes.push_back({shard_row(peer, table, id), encode_shard(id, shard)});
  }
  if (!after) {
    if (before) changes.push_back({table_row(peer, table), std::nullopt});
  } else if (std::string head = encode_table(*after); !before || encode_table(*before) != head) {
    changes.push_back({table_row(peer, table), std::move(head)});
  }
  return changes;
}

Status erase_progress(storage::WriteTransaction& transaction, const RegionId& peer, TableId table) {
  const ReadRow row = [&](const storage::RoomRow& key) { return transaction.rows().read(key); };
  // Only the names of its rows matter: an id that no shard has keeps their places unread.
  const auto stored = load_progress(row, peer, table, ShardId());
  if (!stored.ok()) {
    transaction.rows().erase(table_row(peer, table));  // of another version: it has no other rows
    return {};
  }
  for (const RowChange& change : progress_changes(peer, table, *stored, std::nullopt)) {
    transaction.rows().erase(change.key);
  }
  return {};
}

}  // namespace gyre::global_tables
