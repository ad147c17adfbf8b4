// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/region_settings.h"
#include "core/base/result.h"
#include "core/http/destination.h"
#include "global-tables/global_tables.h"

namespace gyre::cli {

struct RegionOptions {
  RegionId region;
  std::string http = "127.0.0.1:8000";
  std::string stream;  ///< "tcp://HOST:PORT"
  std::string data;    ///< directory of this region alone; empty for one in memory
  std::vector<global_tables::Peer> peers;
  std::vector<http::RegionRoute> routes;  ///< where other regions serve the API
  RegionSettings settings;
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

/// What `gyre serve` was asked for.
struct ServeOptions {
  RegionOptions region;
  bool supervised = false;  ///< by `gyre up`, which greets people itself
};

/// Chooses what was left empty: streams at the host of the API, on its port and 1000, and the data where
/// `gyre up` keeps the data of such a region. kValidation if that cannot be, or if a region in memory has a
/// directory.
Status choose_defaults(RegionOptions& options);

/// Runs one region until SIGINT or SIGTERM; prints `ready` when it serves. The exit code of the process.
int run_serve(const ServeOptions& options);

}  // namespace gyre::cli
