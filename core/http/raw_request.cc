// SPDX-License-Identifier: Apache-2.0
#include "core/http/raw_request.h"

#include <boost/beast/core/string.hpp>

namespace gyre::http {

namespace beast = boost::beast;
using beast::http::field;

namespace {

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

void read_field(field name, beast::string_view name_text, std::string_view value, RawRequest& raw) {
  switch (name) {
    case field::host:
      raw.host = value;
      return;
    case field::origin:
      raw.origin = value;
      return;
    case field::content_type:
      raw.content_type = value;
      return;
    case field::content_encoding:
      raw.content_encoding = value;
      return;
    case field::authorization:
      raw.authorization = value;
      return;
    case field::date:
      raw.date = value;
      return;
    case field::access_control_request_headers:
      raw.preflight_headers = value;
      return;
    case field::access_control_request_method:
      raw.preflight_method = value;
      return;
    case field::unknown:  // to Beast
      if (beast::iequals(name_text, "x-amz-target")) raw.x_amz_target = value;
      if (beast::iequals(name_text, "x-amz-date")) raw.x_amz_date = value;
      return;
    default:
      return;
  }
}

}  // namespace

RawRequest read_headers(const beast::http::request<beast::http::string_body>& message) {
  RawRequest raw;
  raw.method = view(message.method_string());
  raw.target = view(message.target());
  raw.body = message.body();
  for (const auto& field : message) read_field(field.name(), field.name_string(), view(field.value()), raw);
  return raw;
}

}  // namespace gyre::http
