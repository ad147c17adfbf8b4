// SPDX-License-Identifier: Apache-2.0
#include "core/http/gate.h"

#include <fmt/core.h>

#include <optional>

#include "core/base/limits.h"
#include "core/http/compression.h"
#include "core/http/signature.h"

namespace gyre::http {
namespace {

constexpr std::string_view kAdminPrefix = "Gyre.";
constexpr std::string_view kAdminPrincipal = "gyre";

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

Reply preflight_reply(const RawRequest& request) {
  Reply reply;
  if (!request.preflight_headers.empty()) {
    reply.headers += fmt::format("Access-Control-Allow-Headers: {}\r\n", request.preflight_headers);
  }
  if (!request.preflight_method.empty()) {
    reply.headers += fmt::format("Access-Control-Allow-Methods: {}\r\n", request.preflight_method);
  }
  reply.headers += "Access-Control-Max-Age: 172800\r\n";
  return reply;
}

Reply not_found(std::string_view method) {
  // A reply to HEAD has no body.
  return {404, {}, method == "HEAD" ? "" : "<UnknownOperationException/>\n", {}};
}

// The media type without parameters, if it is one that DynamoDB takes.
std::optional<std::string_view> json_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (type == kJson10) return kJson10;
  if (type == kJson) return kJson;
  return std::nullopt;
}

// Our own tools on this machine sign nothing.
bool is_local_admin(const RawRequest& request) {
  return request.from_loopback && request.authorization.empty() &&
         request.x_amz_target.starts_with(kAdminPrefix);
}

std::variant<std::string_view, ErrorReply> principal_of(const RawRequest& request) {
  if (is_local_admin(request)) return kAdminPrincipal;
  return authenticate({request.authorization, query_of(request.target), request.x_amz_date, request.date});
}

}  // namespace

std::variant<Reply, Admitted> Gate::admit(const RawRequest& request) {
  if (request.method == "OPTIONS" && !request.origin.empty()) return preflight_reply(request);
  if (request.method == "GET" && path_of(request.target) == "/") {
    return Reply{200, "text/plain", fmt::format("healthy: {} ", request.host), {}};
  }
  const auto type = json_type(request.content_type);
  if (request.method != "POST" || (!request.body.empty() && !type)) return not_found(request.method);
  return admit_json(request, type.value_or(kJson));
}

Result<json::Value> Gate::parse_body(const RawRequest& request) {
  const auto coding = request_coding(request.content_encoding);
  if (!coding) return Error::internal({});  // as AWS answers
  if (*coding == ContentCoding::kIdentity) {
    return request.body.empty() ? json::Value() : parser_.parse(request.body);
  }
  ASSIGN_OR_RETURN(const std::string text, decompress(request.body, *coding, limits::kHttpBodyBytesMax));
  return parser_.parse(text);  // which keeps a copy
}

std::variant<Reply, Admitted> Gate::admit_json(const RawRequest& request, std::string_view reply_type) {
  const auto refuse = [&](ErrorReply error) { return Reply::of(std::move(error), reply_type); };
  Admitted admitted;
  admitted.reply_type = reply_type;

  const auto parsed = parse_body(request);
  if (!parsed.ok()) return refuse(error_reply(parsed.error()));
  admitted.body = *parsed;

  if (request.x_amz_target.empty()) return refuse(error_reply(Error(ErrorCode::kUnknownOperation, {})));
  const auto operation = router_.find(request.x_amz_target);
  if (!operation.ok()) return refuse(error_reply(operation.error()));
  admitted.operation = *operation;

  auto principal = principal_of(request);
  if (auto* refusal = std::get_if<ErrorReply>(&principal)) return refuse(std::move(*refusal));
  admitted.principal = std::get<std::string_view>(principal);

  // Nothing, or no object, where the operation's structure should be.
  if (!admitted.body.is_object()) return refuse(error_reply(Error::serialization({})));
  return admitted;
}

}  // namespace gyre::http
