// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>

namespace gyre::consumers {

struct PluginHostOptions {
  std::string library = {};   ///< path of the shared library
  std::string endpoint = {};  ///< of the region's stream server, tcp://HOST:PORT
  std::string table = {};
  std::string consumer = {};
  const std::atomic<bool>* stop = nullptr;  ///< set by a signal handler; not null
};

/// The whole life of a plugin's host process: loads the library, runs it on the table until `stop`, and
/// answers the exit code: 0, or process::kExitStayDown after it logged why. Logging is started;
/// one call in a process.
int run_plugin_host(const PluginHostOptions& options);

}  // namespace gyre::consumers
