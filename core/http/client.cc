// SPDX-License-Identifier: Apache-2.0
#include "core/http/client.h"

#include <fmt/core.h>

#include <optional>
#include <utility>

#include "core/base/limits.h"
#include "core/http/error_reply.h"
#include "core/http/http_client.h"
#include "core/json/json_reader.h"

namespace gyre::http {

namespace {

// The error behind a reply that is none of 200.
Error error_of(const ClientReply& reply) {
  const auto text = [](const std::optional<json::Value>& value) {
    return value && value->is_string() ? value->as_string() : std::string_view();
  };
  json::Parser parser;
  const auto parsed = parser.parse(reply.body);
  if (!parsed.ok() || !parsed->is_object()) {
    return {ErrorCode::kInternal, fmt::format("the region answered HTTP {}", reply.status)};
  }
  const std::string_view type = text(parsed->find("__type"));
  std::string_view message = text(parsed->find("message"));
  if (message.empty()) message = text(parsed->find("Message"));
  if (message.empty()) message = type.substr(type.rfind('#') + 1);
  return {error_code_of(type).value_or(ErrorCode::kInternal), std::string(message)};
}

}  // namespace

Result<std::string> call(std::string_view endpoint, std::string_view target, std::string_view body,
                         const Trust& trust) {
  ASSIGN_OR_RETURN(const auto client, HttpClient::make(endpoint, trust, limits::kHttpCallTimeoutMs));
  ClientRequest request;
  request.method = "POST";
  // The form of a signature; a region accepts any key.
  request.headers = {{"Content-Type", "application/x-amz-json-1.0"},
                     {"X-Amz-Target", std::string(target)},
                     {"X-Amz-Date", "20260101T000000Z"},
                     {"Authorization",
                      "AWS4-HMAC-SHA256 Credential=gyre/20260101/local/dynamodb/aws4_request, "
                      "SignedHeaders=host;x-amz-date;x-amz-target, Signature=none"}};
  request.body = body;
  request.reply_bytes_max = limits::kHttpReplyBytesMax;
  request.reuse = false;
  ASSIGN_OR_RETURN(ClientReply reply, client->send(request));
  if (reply.status != 200) return error_of(reply);
  return std::move(reply.body);
}

}  // namespace gyre::http
