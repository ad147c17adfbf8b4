// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "streams/transport/stream_message.h"

namespace gyre::streams {

/// True if a session with this filter is sent the record. Reads only the kind and the origin, where the
/// record lies. kCorruption if it is no change record.
Result<bool> passes(const wire::Filter& filter, const RegionId& serving_region, std::string_view record);

/// The record with its keys and images as DynamoDB JSON, for readers that do not know the canonical encoding.
Result<std::string> with_json_images(std::string_view record);

}  // namespace gyre::streams
