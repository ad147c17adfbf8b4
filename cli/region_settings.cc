// SPDX-License-Identifier: Apache-2.0
#include "cli/region_settings.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/check.h"

namespace gyre::cli {
namespace {

using Flag = RegionOption::Flag;
using Number = RegionOption::Number;
using Choice = RegionOption::Choice;
using Texts = RegionOption::Texts;
using Path = RegionOption::Path;
using Place = RegionOption::Place;
using Url = RegionOption::Url;
using Settings = RegionSettings;

constexpr std::array<std::string_view, 4> kLogLevels = {"debug", "info", "warning", "error"};  // as LogLevel

// The values of an option on a command line: more than one if the flag may come more than once.
std::vector<std::string> values_of(const RegionSettings& settings, const Flag& flag) {
  return {settings.*flag.where ? "true" : "false"};
}
std::vector<std::string> values_of(const RegionSettings& settings, const Number& number) {
  return {std::to_string(settings.*number.where)};
}
std::vector<std::string> values_of(const RegionSettings& settings, const Choice& choice) {
  return {settings.*choice.where};
}
std::vector<std::string> values_of(const RegionSettings& settings, const Texts& texts) {
  return settings.*texts.where;
}
std::vector<std::string> values_of(const RegionSettings& settings, const Path& path) {
  return {settings.*path.where};
}
std::vector<std::string> values_of(const RegionSettings& settings, const Place& place) {
  return {settings.*place.where};
}
std::vector<std::string> values_of(const RegionSettings& settings, const Url& url) {
  return {settings.*url.where};
}

}  // namespace

std::span<const RegionOption> region_options() {
  static const std::vector<RegionOption> options = {
      {"--tls-certificate", "tls_certificate",
       "Serve HTTPS with this certificate (PEM, those that sign it may follow)",
       Path{&Settings::tls_certificate, "tls_key"}},
      {"--tls-key", "tls_key", "Its private key (PEM, no passphrase)",
       Path{&Settings::tls_key, "tls_certificate"}},
      {"--clock-skew", "clock_skew_ms", "Milliseconds added to the machine's clock",
       Number{&Settings::clock_skew_ms, -86'400'000, 86'400'000}},
      {"--error-style", "error_style",
       "What a request with several invalid members is answered: one of them (current), or all of them "
       "(aggregated), as AWS's regions did before 2026",
       Choice{&Settings::error_style, {"current", "aggregated"}}},
      {"--durability", "durability", "sync: a reply means on disk; async: with the system",
       Choice{&Settings::durability, {"sync", "async"}}},
      {"--expiry-interval", "expiry_interval_ms", "Milliseconds between looks at what time to live has ended",
       Number{&Settings::expiry_interval_ms, 1, limits::kExpiryIntervalMsMax}},
      {"--throttle", "throttle",
       "Hold tables to their provisioned throughput and to the caps of on-demand ones",
       Flag{&Settings::throttle}},
      {"--aws-timings", "aws_timings",
       "Keep AWS's waiting times: a region from which a replica was copied in the last 24 hours can then "
       "neither be removed nor delete its table",
       Flag{&Settings::aws_timings}},
      {"--stale-counts", "stale_counts",
       "Show ItemCount, TableSizeBytes and IndexSizeBytes up to six hours old, as AWS does",
       Flag{&Settings::stale_counts}},
      {"--memory", "memory_mb",
       "Megabytes that the store may hold in memory: rows on their way to the disk, blocks, items, change "
       "records",
       Number{&Settings::memory_mb, kMemoryMbMin, kMemoryMbMax}},
      {"--memory-only", "memory_only",
       "Keep everything in memory, and nothing on a disk: a stop loses all. Rows and change records have "
       "three "
       "quarters of --memory; beyond it writes are refused, and old change records go early",
       Flag{&Settings::memory_only}},
      {"--io-threads", "io_threads", "Threads that serve HTTP", Number{&Settings::io_threads, 1, 64}},
      {"--region-routing", "region_routing",
       "Pass requests that are signed for another region of the topology on to it; false: answer them here",
       Flag{&Settings::region_routing}},
      {"--allowed-origin", "allowed_origins",
       "An origin whose web pages may send Gyre's own commands (SCHEME://HOST[:PORT]; those that this region "
       "serves may)",
       Texts{&Settings::allowed_origins}},
      {"--archive", "archive",
       "Keep the change log for ever, sealed and signed, in this directory or below s3://BUCKET/PREFIX. Each "
       "region "
       "has one of its own",
       Place{&Settings::archive}},
      {"--archive-endpoint", "archive_endpoint",
       "URL of the S3 API that has the bucket. Without it, and for the keys: the environment, as AWS's tools "
       "read it (AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION ...)",
       Url{&Settings::archive_endpoint}},
      {"--archive-key", "archive_key",
       "File with the secret key that signs the archive, made if it is not there (without it: archive.key in "
       "the "
       "region's data)",
       Path{&Settings::archive_key, nullptr}},
      {"--archive-interval", "archive_interval_s",
       "Seconds after which a change is archived and signed at the latest",
       Number{&Settings::archive_interval_s, 1, kArchiveIntervalSMax}},
      {"--archive-cap", "archive_cap_mb",
       "Megabytes that the change log may take while it waits for the archive. Beyond it the oldest changes "
       "are "
       "lost to the archive, which is an alarm",
       Number{&Settings::archive_cap_mb, kArchiveCapMbMin, kArchiveCapMbMax}},
      {"--log-level", "log_level",
       "The least that is logged; debug has one line for what each request is about to do",
       Choice{&Settings::log_level, {kLogLevels.begin(), kLogLevels.end()}}},
  };
  return options;
}

std::vector<std::string> region_arguments(const RegionSettings& settings) {
  const RegionSettings defaults;
  std::vector<std::string> arguments;
  for (const RegionOption& option : region_options()) {
    std::visit(
        [&](const auto& kind) {
          if (settings.*kind.where == defaults.*kind.where) return;
          for (const std::string& value : values_of(settings, kind)) {
            arguments.push_back(fmt::format("{}={}", option.flag, value));
          }
        },
        option.kind);
  }
  return arguments;
}

LogLevel least_level(const RegionSettings& settings) {
  const auto found = std::find(kLogLevels.begin(), kLogLevels.end(), settings.log_level);
  CHECK(found != kLogLevels.end());  // the option takes no other values
  return static_cast<LogLevel>(found - kLogLevels.begin());
}

Status check_settings(const RegionSettings& settings) {
  if (settings.archive.empty() && (!settings.archive_endpoint.empty() || !settings.archive_key.empty())) {
    return Error::validation("'archive_endpoint' and 'archive_key' are for an 'archive', and there is none");
  }
  if (!settings.archive.empty() && settings.memory_only) {
    return Error::validation(
        "'memory_only' keeps no change log that could be archived: 'archive' needs a disk");
  }
  for (const RegionOption& option : region_options()) {
    const auto* path = std::get_if<Path>(&option.kind);
    if (path == nullptr || path->goes_with == nullptr || (settings.*path->where).empty()) continue;
    for (const RegionOption& other : region_options()) {
      const auto* partner = std::get_if<Path>(&other.kind);
      if (partner == nullptr || std::string_view(other.key) != path->goes_with) continue;
      if ((settings.*partner->where).empty()) {
        return Error::validation(fmt::format("'{}' and '{}' go together", option.key, other.key));
      }
    }
  }
  return {};
}

}  // namespace gyre::cli
