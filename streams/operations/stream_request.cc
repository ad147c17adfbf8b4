// SPDX-License-Identifier: Apache-2.0
#include "streams/operations/stream_request.h"

namespace gyre::streams {

Result<std::optional<std::string>> optional_text(const api::RequestReader& request, std::string_view name) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> text, request.string(name));
  if (!text) return std::optional<std::string>();
  return std::optional<std::string>(*text);
}

Result<std::size_t> read_limit(const api::RequestReader& request, std::size_t limit_max) {
  const auto most = static_cast<std::int64_t>(limit_max);
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> limit, request.integer("Limit", 1, most));
  return static_cast<std::size_t>(limit.value_or(most));
}

}  // namespace gyre::streams
