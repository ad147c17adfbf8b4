// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/base/result.h"

namespace gyre::cli {

/// How a region's process divides the files and sockets that the system lets it open. A store that cannot
/// open a file has to end the process, so connections come last: they are bounded, and the highest
/// descriptors are kept from them. (The system gives out the lowest that is free, so one that is above a
/// bound means that all below it are in use.)
struct DescriptorShares {
  int store_files_max = -1;              ///< tables that the store keeps open; -1: all of them
  std::size_t http_connections_max = 0;  ///< however many are free
  int http_descriptors_max = 0;          ///< an HTTP connection's is below this
  std::size_t stream_connections_max = 0;
};

/// Raises the process's limit to the highest that it may have. Answers that one.
std::size_t raise_descriptor_limit();

/// kValidation, in one line that says how many it takes, if `limit` is too small to serve at all.
/// `routes`: other regions to which requests are passed on.
Result<DescriptorShares> share_descriptors(std::size_t limit, std::size_t io_threads, std::size_t peers,
                                           std::size_t routes = 0);

}  // namespace gyre::cli
