// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/api/request_reader.h"
#include "core/base/result.h"

namespace gyre::streams {

// Members of a request whose types and ranges have been checked against the model.

Result<std::optional<std::string>> optional_text(const api::RequestReader& request, std::string_view name);
/// `Limit`; `limit_max`, if absent: that is the default of all four operations.
Result<std::size_t> read_limit(const api::RequestReader& request, std::size_t limit_max);

}  // namespace gyre::streams
