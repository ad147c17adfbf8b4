// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre::http {

/// Calls one operation of a region and waits for the answer: what the `gyre` subcommands use. `endpoint` is
/// "http://HOST:PORT". The reply's body, or an Error that carries the region's message (or says that nobody
/// answers).
Result<std::string> call(std::string_view endpoint, std::string_view target, std::string_view body);

}  // namespace gyre::http
