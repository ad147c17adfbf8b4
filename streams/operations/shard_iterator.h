// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/storage/change_log.h"

namespace gyre::streams {

/// A place in a shard as a client holds it: "<streamArn>|1|<base64>", where the last part is the cursor, the
/// time of issue and a checksum of all. It names no state of ours, so it survives a restart.
struct ShardIterator {
  std::string stream_arn;
  storage::LogCursor cursor;
  std::uint64_t issued_ms = 0;
};

std::string encode_shard_iterator(const ShardIterator& iterator);
/// kValidation for anything that encode_shard_iterator did not write; kExpiredIterator after
/// limits::kIteratorLifeMs.
Result<ShardIterator> decode_shard_iterator(std::string_view text, std::uint64_t now_ms);

}  // namespace gyre::streams
