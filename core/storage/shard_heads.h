// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/engine/engine.h"
#include "core/log/log_options.h"

namespace gyre::storage {

// Where a shard has come to is told by its last record in the log. When that leaves, it becomes a row.

/// The value of the row head_row(shard).
std::string encode_head(const log::ShardHead& head);
/// What the row says; nullopt: the shard has records in the log, or never had any.
Result<std::optional<log::ShardHead>> stored_head(const Engine& engine, ShardId shard,
                                                  ReadTier tier = ReadTier::kAll);

}  // namespace gyre::storage
