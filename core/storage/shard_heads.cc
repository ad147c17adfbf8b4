// SPDX-License-Identifier: Apache-2.0
#include "core/storage/shard_heads.h"

#include "core/base/bytes.h"
#include "core/storage/catalog_rows.h"

namespace gyre::storage {

std::string encode_head(const log::ShardHead& head) {
  std::string bytes;
  append_u64_be(bytes, head.sequence.value());
  append_u64_be(bytes, head.ordinal.value());
  append_u64_be(bytes, head.cumulative_bytes);
  append_u64_be(bytes, head.checksum);
  append_u64_be(bytes, head.time);
  return bytes;
}

Result<std::optional<log::ShardHead>> stored_head(const Engine& engine, ShardId shard, ReadTier tier) {
  ASSIGN_OR_RETURN(const auto row, engine.get(Family::kCatalog, head_row(shard), tier));
  if (!row) return std::optional<log::ShardHead>();
  ByteReader reader(row->view());
  ASSIGN_OR_RETURN(const std::uint64_t sequence, reader.u64_be());
  ASSIGN_OR_RETURN(const std::uint64_t ordinal, reader.u64_be());
  log::ShardHead head{SequenceNumber(sequence), Ordinal(ordinal)};
  ASSIGN_OR_RETURN(head.cumulative_bytes, reader.u64_be());
  ASSIGN_OR_RETURN(head.checksum, reader.u64_be());
  ASSIGN_OR_RETURN(head.time, reader.u64_be());
  if (!reader.at_end()) return Error::corruption("the head of a shard is too long");
  return std::optional(head);
}

}  // namespace gyre::storage
