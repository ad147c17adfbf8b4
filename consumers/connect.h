// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "streams/transport/stream_client.h"

namespace gyre::consumers {

/// A client that has heard from its region; nullptr if `stop` came first. kUnavailable, naming the endpoint,
/// if nobody answers within `timeout_ms` (0 = wait on).
Result<std::unique_ptr<streams::StreamClient>> connect_and_wait(const std::string& endpoint,
                                                                const std::string& reader_id,
                                                                std::uint64_t timeout_ms,
                                                                const std::atomic<bool>& stop,
                                                                const Clock& clock);

}  // namespace gyre::consumers
