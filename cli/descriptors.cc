// SPDX-License-Identifier: Apache-2.0
#include "cli/descriptors.h"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <climits>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/http/region_passer.h"

namespace gyre::cli {
namespace {

constexpr std::size_t kDescriptorsOfIoThread = 3;
constexpr std::size_t kSocketsMin = limits::kHttpConnectionsMin + limits::kStreamConnectionsMin;
constexpr std::size_t kSocketsMax = 2 * limits::kHttpConnectionsMax;  // HTTP gets half of them
// More than anybody has; so that a limit of "infinity" is a number to calculate with.
constexpr std::size_t kDescriptorsMax = 16 * 1024 * 1024;

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  CHECK(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  rlimit raised = limit;
  raised.rlim_cur = limit.rlim_max;
  // A system may refuse what it calls the highest; then the limit stays.
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return std::min<std::size_t>(limit.rlim_cur, kDescriptorsMax);
}

Result<DescriptorShares> share_descriptors(std::size_t limit, std::size_t io_threads, std::size_t peers,
                                           std::size_t routes) {
  const std::size_t own = limits::kDescriptorsOfProgram + io_threads * kDescriptorsOfIoThread +
                          peers * limits::kDescriptorsOfPeer + routes * http::PasserOptions().connections_max;
  const std::size_t needed = own + limits::kStoreDescriptorsMin + kSocketsMin;
  if (limit < needed) {
    return Error::validation(fmt::format(
        "only {} files may be open at once, and this region needs {}: raise the limit (ulimit -n)", limit,
        needed));
  }
  const std::size_t rest = limit - own;
  const std::size_t sockets =
      std::clamp(rest / 2, kSocketsMin, std::min(kSocketsMax, rest - limits::kStoreDescriptorsMin));
  const std::size_t store = rest - sockets;
  DescriptorShares shares;
  // A quarter is for logs, and for files that are read or written without being kept.
  if (store < limits::kStoreDescriptorsAll) shares.store_files_max = static_cast<int>(store / 4 * 3);
  shares.http_connections_max = std::min(sockets / 2, limits::kHttpConnectionsMax);
  shares.http_descriptors_max = static_cast<int>(limit - store);
  // The last quarter is for what libzmq accepts while it is told to stop.
  shares.stream_connections_max = std::min(sockets / 4, limits::kStreamConnectionsMax);
  return shares;
}

}  // namespace gyre::cli
