// SPDX-License-Identifier: Apache-2.0
#include "core/http/cors.h"

#include <algorithm>

#include "core/http/error_reply.h"

namespace gyre::http {
namespace {

bool is_plain(char c) {
  return c >= ' ' && c <= '~';
}

}  // namespace

// A preflight cannot say which operation it is about: DynamoDB's handler looks at the origin of the request
// itself.
Reply preflight_reply(const HttpRequest& request, const Routes& routes) {
  Routes::Parameters ignored;
  if (const Handler* handler = routes.find(request.preflight_method, request.path, ignored)) {
    if (auto refusal = refuse_origin(request, *handler, routes)) return std::move(*refusal);
  }
  Reply reply;
  // What it asks for is repeated, unless it holds bytes that no header's name or method has.
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!std::all_of(value.begin(), value.end(), is_plain)) return;
    if (!value.empty()) reply.headers.append(name).append(value).append("\r\n");
  };
  add("Access-Control-Allow-Headers: ", request.preflight_headers);
  add("Access-Control-Allow-Methods: ", request.preflight_method);
  add("Access-Control-Max-Age: ", "172800");
  return reply;
}

std::optional<Reply> refuse_origin(const HttpRequest& request, const Handler& handler, const Routes& routes) {
  if (request.origin.empty() || handler.open_to_all_origins()) return std::nullopt;
  if (routes.origins().allows(request.origin, request.host)) return std::nullopt;
  return Reply::of(forbidden_origin(request.origin), kJson10);
}

// Every origin may read: a request that an origin may not send is refused, and the refusal says nothing worth
// hiding. The list is what AWS's JSON services send, with preflights too (github.com/AllanZhengYP/cors-test
// has their answers).
void add_cors_headers(Reply& reply) {
  reply.headers +=
      "Access-Control-Allow-Origin: *\r\n"
      "Access-Control-Expose-Headers: x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date\r\n";
}

}  // namespace gyre::http
