// SPDX-License-Identifier: Apache-2.0
#include "core/http/signature.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string>

namespace gyre::http {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// The value of `key` in a list of key=value items separated by any of `separators`; nullopt if no item has
// that key.
std::optional<std::string_view> find_item(std::string_view list, std::string_view separators,
                                          std::string_view key) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(separators), list.size());
    const std::string_view item = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    const std::size_t equals = std::min(item.find('='), item.size());
    if (item.substr(0, equals) == key) return item.substr(std::min(equals + 1, item.size()));
  }
  return std::nullopt;
}

// KEY/20260901/us-east-1/dynamodb/aws4_request -> KEY. In a query the slash is written %2F.
std::string_view key_id(std::string_view credential) {
  return credential.substr(0, credential.find_first_of("/%"));
}

std::variant<std::string_view, ErrorReply> authenticate_header(const Credentials& credentials) {
  const std::string_view header = credentials.authorization;
  const std::size_t space = std::min(header.find(' '), header.size());
  const std::string_view parameters = header.substr(space);
  const auto find = [&](std::string_view key) { return find_item(parameters, " ,", key).value_or(""); };

  const std::string_view credential = find("Credential");
  std::string missing;
  for (const std::string_view key : {"Credential", "Signature", "SignedHeaders"}) {
    if (find(key).empty()) missing += fmt::format("Authorization header requires '{}' parameter. ", key);
  }
  if (credentials.x_amz_date.empty() && credentials.date.empty()) {
    missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  if (!missing.empty()) return incomplete_signature(fmt::format("{}Authorization={}", missing, header));
  if (header.substr(0, space) != kAlgorithm) {
    return incomplete_signature(fmt::format("Unsupported AWS 'algorithm': '{}' (only {} for now). ",
                                            header.substr(0, space), kAlgorithm));
  }
  return key_id(credential);
}

std::variant<std::string_view, ErrorReply> authenticate_query(std::string_view query) {
  std::string missing;
  for (const std::string_view key :
       {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"}) {
    if (find_item(query, "&", key).value_or("").empty()) {
      missing += fmt::format("AWS query-string parameters must include '{}'. ", key);
    }
  }
  if (!missing.empty()) return incomplete_signature(missing + "Re-examine the query-string parameters.");
  return key_id(*find_item(query, "&", "X-Amz-Credential"));
}

}  // namespace

std::variant<std::string_view, ErrorReply> authenticate(const Credentials& credentials) {
  const bool in_query = find_item(credentials.query, "&", "X-Amz-Algorithm").has_value();
  if (in_query && !credentials.authorization.empty()) {
    return invalid_signature(
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
  }
  if (in_query) return authenticate_query(credentials.query);
  if (!credentials.authorization.starts_with("AWS4-")) return missing_authentication_token();
  return authenticate_header(credentials);
}

}  // namespace gyre::http
