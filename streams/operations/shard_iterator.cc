// SPDX-License-Identifier: Apache-2.0
#include "streams/operations/shard_iterator.h"

#include "core/base/base64.h"
#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/base/limits.h"

namespace gyre::streams {
namespace {

constexpr std::string_view kVersionMark = "|1|";

std::uint64_t checksum(std::string_view stream_arn, std::string_view place) {
  std::string all(stream_arn);
  append_sized(all, place);
  return hash64(all);
}

}  // namespace

std::string encode_shard_iterator(const ShardIterator& iterator) {
  std::string place;
  append_sized(place, storage::encode_log_cursor(iterator.cursor));
  append_u64_be(place, iterator.issued_ms);
  const std::uint64_t sum = checksum(iterator.stream_arn, place);
  append_u64_be(place, sum);
  return iterator.stream_arn + std::string(kVersionMark) + base64(place);
}

Result<ShardIterator> decode_shard_iterator(std::string_view text, std::uint64_t now_ms) {
  const Error invalid = Error::validation("Invalid ShardIterator");
  const std::size_t mark = text.find(kVersionMark);
  if (mark == std::string_view::npos) return invalid;
  const Result<std::string> place = decode_base64(text.substr(mark + kVersionMark.size()));
  if (!place.ok() || place->size() <= sizeof(std::uint64_t)) return invalid;

  ShardIterator iterator;
  iterator.stream_arn = text.substr(0, mark);
  const std::string_view summed = std::string_view(*place).substr(0, place->size() - sizeof(std::uint64_t));
  ByteReader sum_reader(std::string_view(*place).substr(summed.size()));
  if (sum_reader.u64_be().value() != checksum(iterator.stream_arn, summed)) return invalid;

  ByteReader reader(summed);
  const Result<std::string_view> cursor = reader.sized();
  if (!cursor.ok()) return invalid;
  const Result<storage::LogCursor> decoded = storage::decode_log_cursor(*cursor);
  const Result<std::uint64_t> issued_ms = reader.u64_be();
  if (!decoded.ok() || !issued_ms.ok() || !reader.at_end()) return invalid;
  iterator.cursor = *decoded;
  iterator.issued_ms = *issued_ms;
  if (now_ms > iterator.issued_ms + limits::kIteratorLifeMs) {
    return Error(ErrorCode::kExpiredIterator, "The shard iterator is expired: it is older than 15 minutes");
  }
  return iterator;
}

}  // namespace gyre::streams
