// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"

namespace gyre::consumers {

/// What a function answered, as far as delivery is concerned. A value.
struct FunctionResponse {
  /// Sequences of records that failed, as the answer names them. Empty: none. Absent: the answer cannot be
  /// understood, which counts as the failure of all.
  std::optional<std::vector<SequenceNumber>> failures = std::vector<SequenceNumber>();
  /// Of a tumbling window: the JSON text; absent if there is none.
  std::optional<std::string> state = std::nullopt;
};

/// Reads `{"batchItemFailures": [{"itemIdentifier": "SEQUENCE"}], "state": {...}}` (AWS Lambda developer
/// guide, "Configuring partial batch response with DynamoDB"). No answer, null, and no list or an empty one:
/// nothing failed. What is no JSON object, and an identifier that is null, empty, misnamed or no sequence
/// number: all failed.
FunctionResponse read_function_response(std::string_view text);

}  // namespace gyre::consumers
