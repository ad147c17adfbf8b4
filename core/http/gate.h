// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/http/operation.h"
#include "core/http/reply.h"
#include "core/http/router.h"
#include "core/json/json_reader.h"

namespace gyre::http {

/// A request as it came off the wire. All borrowed; absent headers are empty.
struct RawRequest {
  std::string_view method;
  std::string_view target;  ///< path and query
  std::string_view body;
  std::string_view host;
  std::string_view origin;
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view x_amz_target;
  std::string_view authorization;
  std::string_view x_amz_date;
  std::string_view date;
  std::string_view preflight_headers;  ///< Access-Control-Request-Headers
  std::string_view preflight_method;   ///< Access-Control-Request-Method
  bool from_loopback = false;
};

/// A request that passed all checks before its operation. Holds until the next call of Gate::admit.
struct Admitted {
  Operation* operation = nullptr;
  std::string_view principal;
  json::Value body;
  std::string_view reply_type;  ///< Content-Type of the reply: that of the request, as AWS answers
};

/// What stands between a request and its operation. Checks in AWS's order (measured): CORS, GET, method and
/// content type, JSON, target, authorization, empty body. One per I/O thread, since it keeps the JSON
/// parser's memory.
class Gate {
 public:
  explicit Gate(const Router& router) : router_(router) {}

  std::variant<Reply, Admitted> admit(const RawRequest& request);

 private:
  /// JSON null if there is no body.
  Result<json::Value> parse_body(const RawRequest& request);
  std::variant<Reply, Admitted> admit_json(const RawRequest& request, std::string_view reply_type);

  const Router& router_;
  json::Parser parser_;
};

}  // namespace gyre::http
