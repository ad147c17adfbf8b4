// SPDX-License-Identifier: Apache-2.0
#include "streams/stream_arn.h"

#include "core/api/arn.h"

namespace gyre::streams {
namespace {

// Takes what stands before `separator`, and the separator.
std::string_view take(std::string_view& rest, std::string_view separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + separator.size());
  return part;
}

}  // namespace

std::string stream_arn_text(const StreamArn& arn) {
  return api::stream_arn(arn.region, arn.table_name, arn.label);
}

Result<StreamArn> parse_stream_arn(std::string_view text) {
  const Error error = Error::validation("Invalid StreamArn");
  std::string_view rest = text;
  const std::string_view scheme = take(rest, ":");
  const std::string_view partition = take(rest, ":");
  const std::string_view service = take(rest, ":");
  const std::string_view region = take(rest, ":");
  const std::string_view account = take(rest, ":");
  const std::string_view resource = take(rest, "/");
  const std::string_view table = take(rest, "/");
  const std::string_view stream = take(rest, "/");
  const bool well_formed = scheme == "arn" && !partition.empty() && service == "dynamodb" &&
                           !region.empty() && !account.empty() && resource == "table" && !table.empty() &&
                           stream == "stream" && !rest.empty() && rest.find('/') == std::string_view::npos;
  if (!well_formed) return error;
  return StreamArn{RegionId(std::string(region)), std::string(table), std::string(rest)};
}

}  // namespace gyre::streams
