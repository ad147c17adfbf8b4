// SPDX-License-Identifier: Apache-2.0
#include "core/http/destination.h"

#include <algorithm>
#include <optional>

namespace gyre::http {
namespace {

constexpr std::string_view kOwnCommands = "Gyre.";
constexpr std::string_view kArn = "arn:aws:dynamodb:";

// Takes the last part off a text whose parts are separated by `separator`; empty when there is none left.
std::string_view take_last(std::string_view& text, std::string_view separator) {
  const std::size_t at = text.rfind(separator);
  const std::size_t begin = at == std::string_view::npos ? 0 : at + separator.size();
  const std::string_view last = text.substr(begin);
  text = text.substr(0, at == std::string_view::npos ? 0 : at);
  return last;
}

// A key id may hold anything, so the scope is read from its end.
std::string_view region_of_scope(std::string_view credential, std::string_view separator) {
  if (take_last(credential, separator) != "aws4_request") return {};
  take_last(credential, separator);  // the service
  const std::string_view region = take_last(credential, separator);
  return credential.empty() ? std::string_view() : region;
}

std::string_view value_of(std::string_view text, std::string_view key, std::string_view ends) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + key.size());
  return rest.substr(0, rest.find_first_of(ends));
}

}  // namespace

std::string_view signed_region(std::string_view authorization, std::string_view query) {
  if (!authorization.empty()) {
    if (!authorization.starts_with("AWS4-")) return {};
    return region_of_scope(value_of(authorization, "Credential=", ", "), "/");
  }
  const std::string_view credential = value_of(query, "X-Amz-Credential=", "&");
  const std::string_view region = region_of_scope(credential, "%2F");
  return region.empty() ? region_of_scope(credential, "/") : region;
}

Destination destination_of(const HttpRequest& request, std::string_view passed_on_to,
                           std::string_view arn_region, const RegionId& here,
                           std::span<const RegionRoute> routes) {
  using Kind = Destination::Kind;
  if (request.x_amz_target.starts_with(kOwnCommands)) return {};
  if (!passed_on_to.empty()) {
    return {passed_on_to == here.name() ? Kind::kHere : Kind::kAstray, 0, passed_on_to};
  }
  const std::string_view region = signed_region(request.authorization, request.query);
  const auto find = [&](std::string_view name) -> std::optional<std::size_t> {
    const auto found = std::find_if(routes.begin(), routes.end(),
                                    [&](const RegionRoute& route) { return route.region.name() == name; });
    if (found == routes.end()) return std::nullopt;
    return static_cast<std::size_t>(found - routes.begin());
  };
  if (region.empty()) return {};  // not signed as it must be, and refused as that
  if (region != here.name()) {
    const auto route = find(region);
    return {route ? Kind::kOtherRegion : Kind::kUnknownRegion, route.value_or(0), region};
  }
  // An ARN of a region that is not there is a matter of the operation.
  const auto route = find(arn_region);
  return route ? Destination{Kind::kOtherRegion, *route, arn_region} : Destination{};
}

std::string_view arn_region_of(std::string_view body, json::Parser& parser) {
  if (body.find(kArn) == std::string_view::npos) return {};
  const auto parsed = parser.parse(body);
  if (!parsed.ok() || !parsed->is_object()) return {};
  for (const std::string_view member : {"TableName", "StreamArn", "ResourceArn", "TableArn"}) {
    const auto value = parsed->find(member);
    if (!value || !value->is_string() || !value->as_string().starts_with(kArn)) continue;
    const std::string_view rest = value->as_string().substr(kArn.size());
    return rest.substr(0, rest.find(':'));
  }
  return {};
}

}  // namespace gyre::http
