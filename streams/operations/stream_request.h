// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/http/operation.h"
#include "core/json/json_reader.h"
#include "core/storage/engine.h"
#include "core/storage/store.h"

namespace gyre::streams {

// Members of a request, with the ranges of AWS's model and its sentence where one is left: "1 validation
// error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or
// equal to 1".

Error constraint_error(std::string_view value, std::string_view member, std::string_view constraint);

/// `name` as it stands in the request, "StreamArn"; messages spell it "streamArn".
Result<std::optional<std::string>> optional_text(const json::Value& object, std::string_view name,
                                                 std::size_t length_min, std::size_t length_max);
Result<std::string> required_text(const json::Value& object, std::string_view name, std::size_t length_min,
                                  std::size_t length_max);
/// `limit_max`, if absent: that is the default of all four operations.
Result<std::size_t> read_limit(const json::Value& object, std::size_t limit_max);

inline constexpr std::size_t kStreamArnLengthMin = 37;
inline constexpr std::size_t kStreamArnLengthMax = 1024;
inline constexpr std::size_t kShardIdLengthMin = 28;
inline constexpr std::size_t kShardIdLengthMax = 65;
inline constexpr std::size_t kShardsPerPageMax = 100;

/// Makes a reply from what the log holds; kIncomplete with ReadTier::kCache if a part must wait for the disk.
/// Holds copies of all that it needs of the request.
using LogReading = std::function<Result<std::string>(storage::ReadTier tier)>;

/// Answers at once from the cache, or from the read pool if the disk is needed.
void answer_with(storage::Store& store, const http::Request& request, LogReading reading,
                 http::Responder respond);

}  // namespace gyre::streams
