// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/storage/row_prefix.h"
#include "streams/transport/stream_server.h"

namespace gyre::consumers {

// A checkpoint is one row of the catalog family:
//   key    "checkpoint/" consumer "/" table id "/" shard id, the numbers as 16 hex digits
//   value  a version byte 1; 1 if the shard is done, else 0; the cursor (encode_log_cursor), sized; the
//   state, sized

/// kValidation unless the name is 1 to limits::kConsumerNameBytesMax letters, digits, '.', '_' or '-'.
Status check_consumer_name(std::string_view name);

/// What all rows of a consumer on one table start with.
storage::RoomRow checkpoint_prefix(std::string_view consumer, TableId table);
storage::RoomRow checkpoint_row(std::string_view consumer, TableId table, ShardId shard);

std::string encode_checkpoint(const streams::ConsumerCheckpoint& checkpoint);
Result<streams::ConsumerCheckpoint> decode_checkpoint(std::string_view bytes);

}  // namespace gyre::consumers
