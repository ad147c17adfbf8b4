// SPDX-License-Identifier: Apache-2.0

// The host process of the tests: LIBRARY ENDPOINT TABLE CONSUMER.

#include <atomic>
#include <csignal>

#include "consumers/plugin_host.h"
#include "core/base/log.h"

namespace {

std::atomic<bool> stop = false;

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  std::signal(SIGTERM, [](int) { stop = true; });
  gyre::start_log("host", gyre::LogLevel::kInfo);
  return gyre::consumers::run_plugin_host({argv[1], argv[2], argv[3], argv[4], &stop});
}
