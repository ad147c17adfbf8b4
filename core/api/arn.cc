// SPDX-License-Identifier: Apache-2.0
#include "core/api/arn.h"

#include <fmt/core.h>

#include <array>

namespace gyre::api {

std::string table_arn(const RegionId& region, std::string_view table_name) {
  return fmt::format("arn:aws:dynamodb:{}:{}:table/{}", region.name(), kAccountId, table_name);
}

std::string stream_arn(const RegionId& region, std::string_view table_name, std::string_view label) {
  return fmt::format("{}/stream/{}", table_arn(region, table_name), label);
}

std::string index_arn(const RegionId& region, std::string_view table_name, std::string_view index_name) {
  return fmt::format("{}/index/{}", table_arn(region, table_name), index_name);
}

bool is_arn(std::string_view text) {
  return text.starts_with("arn:");
}

Result<std::string> table_name_of_arn(std::string_view arn, const RegionId& region) {
  constexpr std::string_view kResource = "table/";
  std::array<std::string_view, 5> parts;  // arn, aws, dynamodb, region, account
  std::string_view rest = arn;
  for (std::string_view& part : parts) {
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) return Error::validation(fmt::format("Invalid table ARN: {}", arn));
    part = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  const bool names_table = parts[2] == "dynamodb" && rest.starts_with(kResource) &&
                           rest.find('/', kResource.size()) == std::string_view::npos;
  if (!names_table) return Error::validation(fmt::format("Invalid table ARN: {}", arn));
  if (parts[3] != region.name()) {
    return Error::validation(
        fmt::format("Invalid table ARN: {} does not lie in the region {}", arn, region.name()));
  }
  return std::string(rest.substr(kResource.size()));
}

}  // namespace gyre::api
