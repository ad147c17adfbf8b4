// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace gyre::cli {

/// What the system says of this process. A value.
struct ProcessFacts {
  double cpu_seconds = 0;
  double start_seconds = 0;  ///< since the Unix epoch
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t open_files_max = 0;
  std::uint64_t threads = 0;
};

/// Reads /proc; what is not there stays 0. Any thread.
ProcessFacts read_process_facts();

}  // namespace gyre::cli
