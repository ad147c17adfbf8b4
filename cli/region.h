// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/memory.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/http/tls.h"
#include "core/operations/message_style.h"
#include "global-tables/global_tables.h"

namespace gyre::cli {

struct RegionOptions {
  RegionId region;
  std::string http = "127.0.0.1:8000";
  http::TlsFiles tls;  ///< HTTPS with these, or plain HTTP
  operations::MessageStyle message_style = operations::MessageStyle::kCurrent;
  std::string stream = "tcp://127.0.0.1:9000";
  std::string data;  ///< directory of this region alone
  std::vector<global_tables::Peer> peers;
  std::int64_t clock_skew_ms = 0;
  bool async_durability = false;
  std::uint64_t expiry_interval_ms = limits::kExpiryIntervalMs;
  bool throttle = false;     ///< whether tables are held to their capacity
  bool aws_timings = false;  ///< whether waiting times of AWS that a laptop has no use for are kept
  std::uint64_t memory_mb = kMemoryMb;
  int io_threads = 2;
};

/// One region, whole: this is where every part is named and handed what it needs. Parts are started from the
/// store upwards and stopped in the opposite order.
class Region {
 public:
  /// Opens the data and binds both ports; whatever is wrong with them is an Error of one line.
  static Result<std::unique_ptr<Region>> open(const RegionOptions& options);
  virtual ~Region() = default;
  virtual void start() = 0;
  virtual void stop() = 0;
  virtual std::uint16_t http_port() const = 0;
  virtual std::string stream_endpoint() const = 0;
};

/// Splits "HOST:PORT"; kValidation if it is none.
Result<std::pair<std::string, std::uint16_t>> split_address(const std::string& address);

/// Runs one region until SIGINT or SIGTERM; prints `ready` when it serves. The exit code of the process.
int run_serve(const RegionOptions& options);

}  // namespace gyre::cli
