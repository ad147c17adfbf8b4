// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre::http {

/// Which servers a call over https:// trusts. Nothing set: those of the system's roots.
struct Trust {
  std::string ca_bundle;    ///< roots, a PEM file
  std::string certificate;  ///< just the server that shows this certificate, whatever its name; a PEM file
};

/// Calls one operation of a region and waits for the answer: what the `gyre` subcommands use. `endpoint` is
/// "http://HOST:PORT" or "https://HOST:PORT". The reply's body, or an Error that carries the region's message
/// (or says that nobody answers, or nobody who is trusted).
Result<std::string> call(std::string_view endpoint, std::string_view target, std::string_view body,
                         const Trust& trust = {});

}  // namespace gyre::http
