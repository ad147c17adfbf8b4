// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"

namespace gyre::streams {

/// What a stream's ARN says: "arn:aws:dynamodb:REGION:000000000000:table/TABLE/stream/LABEL".
struct StreamArn {
  RegionId region;
  std::string table_name;
  std::string label;
  bool operator==(const StreamArn&) const = default;
};

std::string stream_arn_text(const StreamArn& arn);
/// Any account. kValidation for whatever is no ARN of a stream, as AWS (DynamoDB Local says "not found"
/// there).
Result<StreamArn> parse_stream_arn(std::string_view text);

}  // namespace gyre::streams
