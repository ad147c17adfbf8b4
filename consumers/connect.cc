// SPDX-License-Identifier: Apache-2.0
#include "consumers/connect.h"

#include <fmt/core.h>

#include "core/base/duration.h"

namespace gyre::consumers {

Result<std::unique_ptr<streams::StreamClient>> connect_and_wait(const std::string& endpoint,
                                                                const std::string& reader_id,
                                                                std::uint64_t timeout_ms,
                                                                const std::atomic<bool>& stop,
                                                                const Clock& clock) {
  ASSIGN_OR_RETURN(auto client, streams::StreamClient::connect(endpoint, reader_id, clock, nullptr));
  const std::uint64_t deadline_ns = clock.steady_ns() + timeout_ms * kNanosecondsPerMs;
  while (!client->connected()) {
    if (stop) return std::unique_ptr<streams::StreamClient>();
    if (timeout_ms != 0 && clock.steady_ns() > deadline_ns) {
      return Error(ErrorCode::kUnavailable, fmt::format("no region answers at {}", endpoint));
    }
    client->poll(100);
  }
  return client;
}

}  // namespace gyre::consumers
