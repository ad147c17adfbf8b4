// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace gyre::http {

/// The addresses of a host, as texts of numbers. May take as long as it likes; called on any thread.
using LookUp = std::function<Result<std::vector<std::string>>(const std::string& host)>;

/// Asks the system: its files, and its name servers. kUnavailable, with the system's words.
Result<std::vector<std::string>> look_up_by_system(const std::string& host);

}  // namespace gyre::http
