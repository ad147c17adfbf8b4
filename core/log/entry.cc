// SPDX-License-Identifier: Apache-2.0
#include "core/log/entry.h"

#include <string>

#include "core/base/limits.h"

namespace gyre::log {

void encode_row(const EntryRow& row, char* out) {
  const EntryHead& head = row.head;
  CHECK(head.length > 0 && head.length <= limits::kLogFrameBytesMax);
  CHECK(row.distance >= head.length && is_aligned(row.distance));
  std::memset(out, 0, kRowBytes);
  store(out, 0, head.shard.value());
  store(out, 8, head.sequence.value());
  store(out, 16, head.ordinal.value());
  store(out, 24, head.time);
  store(out, 32, head.cumulative_bytes);
  store(out, 40, head.checksum);
  store(out, 48, head.key_id);
  store(out, 52, head.length);
  store(out, 56, head.codec);
  store(out, 60, row.distance);
}

Result<EntryRow> decode_row(std::string_view bytes) {
  CHECK(bytes.size() == kRowBytes);
  EntryRow row{.head = {.shard = load_id<ShardId>(bytes, 0),
                        .sequence = load_id<SequenceNumber>(bytes, 8),
                        .ordinal = load_id<Ordinal>(bytes, 16),
                        .time = load<std::uint64_t>(bytes, 24),
                        .cumulative_bytes = load<std::uint64_t>(bytes, 32),
                        .checksum = load<std::uint64_t>(bytes, 40),
                        .length = load<std::uint32_t>(bytes, 52),
                        .key_id = load<std::uint32_t>(bytes, 48),
                        .codec = load<std::uint8_t>(bytes, 56)},
               .distance = load<std::uint32_t>(bytes, 60)};
  const EntryHead& head = row.head;
  if (!all_zero(bytes.substr(57, 3)))
    return Error::corruption("what is reserved in an entry's row is in use");
  if (head.sequence == SequenceNumber() || head.ordinal == Ordinal()) {
    return Error::corruption("an entry has no sequence or ordinal");
  }
  if (head.length == 0 || head.length > limits::kLogFrameBytesMax) {
    return Error::corruption("an entry's length is impossible");
  }
  if (row.distance < head.length || row.distance > limits::kLogFrameBytesMax || !is_aligned(row.distance)) {
    return Error::corruption("an entry's bytes are in an impossible place");
  }
  return row;
}

Status check_plain(const EntryHead& head) {
  if (head.is_plain()) return {};
  const std::string which = "the record with sequence " + std::to_string(head.sequence.value()) +
                            " of shard " + std::to_string(head.shard.value());
  const std::string how = head.key_id != 0 ? " is encrypted with key " + std::to_string(head.key_id)
                                           : " is compressed by codec " + std::to_string(head.codec);
  return Error::corruption(which + how + ", which this version does not know");
}

}  // namespace gyre::log
