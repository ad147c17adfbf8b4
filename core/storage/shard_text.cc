// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <charconv>

#include "core/storage/catalog.h"

// How shards and sequence numbers look to users of the AWS Streams API: fixed width, so that text sorts as
// they do.

namespace gyre::storage {
namespace {

constexpr std::string_view kShardIdPrefix = "shardId-";
constexpr std::size_t kMillisecondDigits = 20;
constexpr std::size_t kCounterDigits = 8;
constexpr std::size_t kSequenceDigitsMin = 21;
constexpr std::size_t kSequenceDigitsMax = 40;  // as AWS: GetShardIterator, SequenceNumber

// Only the digits: no sign, no space, no prefix.
std::optional<std::uint64_t> parse_digits(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string shard_id_text(ShardId id) {
  return fmt::format("{}{:020}-{:08x}", kShardIdPrefix, id.value() >> 16, id.value() & 0xffff);
}

Result<ShardId> parse_shard_id(std::string_view text) {
  const Error error = Error::validation("Invalid ShardId: " + std::string(text.substr(0, 64)));
  if (text.size() != kShardIdPrefix.size() + kMillisecondDigits + 1 + kCounterDigits) return error;
  if (!text.starts_with(kShardIdPrefix)) return error;
  text.remove_prefix(kShardIdPrefix.size());
  const auto milliseconds = parse_digits(text.substr(0, kMillisecondDigits), 10);
  const auto counter = parse_digits(text.substr(kMillisecondDigits + 1), 16);
  if (!milliseconds || !counter || *milliseconds >> 48 != 0 || *counter > 0xffff) return error;
  const ShardId id((*milliseconds << 16) | *counter);
  // One shard, one spelling: refuses a wrong dash and capital digits.
  if (shard_id_text(id).substr(kShardIdPrefix.size()) != text) return error;
  return id;
}

std::string sequence_text(SequenceNumber sequence) {
  return fmt::format("{:021}", sequence.value());
}

Result<SequenceNumber> parse_sequence(std::string_view text) {
  const auto value = parse_digits(text, 10);
  if (text.size() < kSequenceDigitsMin || text.size() > kSequenceDigitsMax || !value) {
    return Error::validation("Invalid SequenceNumber: " + std::string(text.substr(0, 64)));
  }
  return SequenceNumber(*value);
}

}  // namespace gyre::storage
