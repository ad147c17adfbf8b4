// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "cli/memory.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/result.h"

namespace gyre::cli {

inline constexpr std::int64_t kArchiveIntervalS = 300;
inline constexpr std::int64_t kArchiveIntervalSMax = 86'400;
inline constexpr std::int64_t kArchiveCapMb = static_cast<std::int64_t>(limits::kChangeLogBytesMax >> 20);
inline constexpr std::int64_t kArchiveCapMbMin = 64;
inline constexpr std::int64_t kArchiveCapMbMax = 1024 * 1024 * 1024;

/// How one region behaves: everything that can be set beside its name, its addresses, its data and its peers.
/// A value with the defaults of a laptop. Each member has one row in region_options(), and from that row come
/// the flag of `gyre serve` with its help and its check, the key of a topology's [[region]], and the command
/// line that `gyre up` gives to its child.
struct RegionSettings {
  std::string tls_certificate;  ///< both or none; empty: plain HTTP
  std::string tls_key;
  std::int64_t clock_skew_ms = 0;
  std::string error_style = "current";
  std::string durability = "sync";
  std::int64_t expiry_interval_ms = limits::kExpiryIntervalMs;
  bool throttle = false;
  bool aws_timings = false;
  bool stale_counts = false;
  std::int64_t memory_mb = kMemoryMb;
  bool memory_only = false;
  std::int64_t io_threads = 2;
  bool region_routing = true;
  std::vector<std::string> allowed_origins;
  std::string archive;           ///< a directory, or "s3://BUCKET/PREFIX"; empty: none is kept
  std::string archive_endpoint;  ///< of S3's API
  std::string archive_key;       ///< a file; empty: in the region's data
  std::int64_t archive_interval_s = kArchiveIntervalS;
  std::int64_t archive_cap_mb = kArchiveCapMb;
  std::string log_level = "info";

  bool encrypted() const { return !tls_certificate.empty(); }

  bool operator==(const RegionSettings&) const = default;
};

/// One setting as users see it.
struct RegionOption {
  struct Flag {
    bool RegionSettings::* where;
  };
  struct Number {
    std::int64_t RegionSettings::* where;
    std::int64_t least;
    std::int64_t most;
  };
  struct Choice {
    std::string RegionSettings::* where;
    std::vector<std::string> values;
  };
  /// Any number of texts: the flag comes once for each.
  struct Texts {
    std::vector<std::string> RegionSettings::* where;
  };
  /// A file. Made absolute where a topology names it, since other commands read the topology from elsewhere.
  struct Path {
    std::string RegionSettings::* where;
    const char* goes_with;  ///< the key of another path: both are given, or none
  };
  /// Where an archive is. A directory is made absolute likewise.
  struct Place {
    std::string RegionSettings::* where;
  };
  struct Url {
    std::string RegionSettings::* where;
  };

  const char* flag;  ///< of `gyre serve`
  const char* key;   ///< of a topology's [[region]]
  const char* help;
  std::variant<Flag, Number, Choice, Texts, Path, Place, Url> kind;
};

/// Every option of a region, in the order in which --help shows them.
std::span<const RegionOption> region_options();

/// The arguments of `gyre serve` that make these settings: those that are not the default.
std::vector<std::string> region_arguments(const RegionSettings& settings);

/// `log_level` as the log takes it.
LogLevel least_level(const RegionSettings& settings);

/// kValidation if an option is given without the one that it needs.
Status check_settings(const RegionSettings& settings);

}  // namespace gyre::cli
