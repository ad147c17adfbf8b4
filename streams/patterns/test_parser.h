// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/json/json_reader.h"
#include "streams/patterns/value_matching.h"

namespace gyre::streams {

/// Reads the array of a field: `["a", 1, null, {"prefix": "b"}]`. kValidation if it is empty or has something
/// that is no test.
Result<std::vector<ValueTest>> read_alternatives(const json::Value& array, PatternMode mode);

}  // namespace gyre::streams
