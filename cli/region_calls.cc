// SPDX-License-Identifier: Apache-2.0
#include "cli/region_calls.h"

#include <fmt/core.h>

#include "cli/running.h"
#include "core/http/client.h"

namespace gyre::cli {

Result<std::vector<RegionEntry>> regions_of(const AdminOptions& options) {
  if (options.endpoint.empty()) {
    ASSIGN_OR_RETURN(Topology topology, RunningFiles(options.data).topology());
    return std::move(topology.regions);
  }
  constexpr std::string_view kPlain = "http://";
  constexpr std::string_view kEncrypted = "https://";
  RegionEntry entry;
  entry.region = RegionId(options.endpoint);
  entry.http = options.endpoint;
  entry.https = entry.http.starts_with(kEncrypted);
  entry.trust.ca_bundle = options.ca_bundle;
  if (entry.https) {
    entry.http.erase(0, kEncrypted.size());
  } else if (entry.http.starts_with(kPlain)) {
    entry.http.erase(0, kPlain.size());
  }
  while (entry.http.ends_with('/')) entry.http.pop_back();
  return std::vector{entry};
}

Result<std::string> call_region(const RegionEntry& region, std::string_view target, std::string_view body) {
  auto reply = http::call(region.http_url(), target, body, region.trust);
  if (!reply.ok()) {
    return Error(reply.error().code, fmt::format("{}: {}", region.region.name(), reply.error().message));
  }
  return reply;
}

std::string text_member(const json::Value& object, std::string_view name) {
  const auto value = object.find(name);
  return value && value->is_string() ? std::string(value->as_string()) : std::string();
}

double number_member(const json::Value& object, std::string_view name) {
  const auto value = object.find(name);
  return value && value->kind() == json::Kind::kNumber ? value->as_double() : 0;
}

bool bool_member(const json::Value& object, std::string_view name) {
  const auto value = object.find(name);
  return value && value->kind() == json::Kind::kBool && value->as_bool();
}

}  // namespace gyre::cli
