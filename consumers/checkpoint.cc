// SPDX-License-Identifier: Apache-2.0
#include "consumers/checkpoint.h"

#include <algorithm>

#include <fmt/core.h>

#include "core/base/bytes.h"
#include "core/base/limits.h"

namespace gyre::consumers {

namespace {

constexpr std::uint8_t kFormatVersion = 1;
constexpr storage::RowPrefix kCheckpoints("checkpoint/");

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

}  // namespace

Status check_consumer_name(std::string_view name) {
  if (name.empty() || name.size() > limits::kConsumerNameBytesMax ||
      !std::all_of(name.begin(), name.end(), is_name_character)) {
    return Error::validation(
        fmt::format("a consumer's name is 1 to {} letters, digits, '.', '_' or '-', unlike \"{}\"",
                    limits::kConsumerNameBytesMax, name.substr(0, limits::kConsumerNameBytesMax)));
  }
  return {};
}

storage::RoomRow checkpoint_prefix(std::string_view consumer, TableId table) {
  return {kCheckpoints, fmt::format("{}/{:016x}/", consumer, table.value())};
}

storage::RoomRow checkpoint_row(std::string_view consumer, TableId table, ShardId shard) {
  return {kCheckpoints, fmt::format("{}/{:016x}/{:016x}", consumer, table.value(), shard.value())};
}

std::string encode_checkpoint(const streams::ConsumerCheckpoint& checkpoint) {
  std::string out;
  append_u8(out, kFormatVersion);
  append_u8(out, checkpoint.shard_done ? 1 : 0);
  append_sized(out, storage::encode_log_cursor(checkpoint.cursor));
  append_sized(out, checkpoint.state);
  return out;
}

Result<streams::ConsumerCheckpoint> decode_checkpoint(std::string_view bytes) {
  ByteReader reader(bytes);
  ASSIGN_OR_RETURN(const std::uint8_t version, reader.u8());
  ASSIGN_OR_RETURN(const std::uint8_t done, reader.u8());
  if (version != kFormatVersion || done > 1) return Error::corruption("a checkpoint has an unknown format");
  ASSIGN_OR_RETURN(const std::string_view cursor, reader.sized());
  ASSIGN_OR_RETURN(const std::string_view state, reader.sized());
  if (!reader.at_end()) return Error::corruption("a checkpoint has trailing bytes");
  streams::ConsumerCheckpoint checkpoint;
  ASSIGN_OR_RETURN(checkpoint.cursor, storage::decode_log_cursor(cursor));
  checkpoint.state = state;
  checkpoint.shard_done = done == 1;
  return checkpoint;
}

}  // namespace gyre::consumers
