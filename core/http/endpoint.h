// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre::http {

/// Where a server of HTTP is.
struct Endpoint {
  bool encrypted = false;
  std::string host;  ///< a name or an address, without brackets
  std::string port;
};

/// Reads "http://HOST:PORT" or "https://HOST:PORT"; kValidation if it is none.
Result<Endpoint> parse_endpoint(std::string_view endpoint);

}  // namespace gyre::http
