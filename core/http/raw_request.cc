// SPDX-License-Identifier: Apache-2.0
#include "core/http/raw_request.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>

#include "core/base/limits.h"

namespace gyre::http {

namespace beast = boost::beast;
using beast::http::field;

namespace {

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

/// What says where the body ends.
struct Framing {
  std::size_t content_lengths = 0;
  std::size_t transfer_encodings = 0;
  std::size_t hosts = 0;
  bool length_is_list = false;
  bool is_chunked = false;  // by one coding alone
};

void read_field(field name, beast::string_view name_text, std::string_view value, HttpRequest& request,
                Framing& framing) {
  switch (name) {
    case field::content_length:
      ++framing.content_lengths;
      framing.length_is_list = value.find(',') != std::string_view::npos;
      return;
    case field::transfer_encoding:
      ++framing.transfer_encodings;
      framing.is_chunked = beast::iequals("chunked", beast::string_view(value.data(), value.size()));
      return;
    case field::host:
      ++framing.hosts;
      request.host = value;
      return;
    case field::origin:
      request.origin = value;
      return;
    case field::content_type:
      request.content_type = value;
      return;
    case field::content_encoding:
      request.content_encoding = value;
      return;
    case field::accept_encoding:
      if (request.accept_encoding.empty()) request.accept_encoding = value;  // the first counts, as for AWS
      return;
    case field::expect:
      request.expect = value;
      return;
    case field::authorization:
      request.authorization = value;
      return;
    case field::user_agent:
      request.user_agent = value;
      return;
    case field::date:
      request.date = value;
      return;
    case field::access_control_request_headers:
      request.preflight_headers = value;
      return;
    case field::access_control_request_method:
      request.preflight_method = value;
      return;
    case field::unknown:  // to Beast
      if (beast::iequals(name_text, "x-amz-target")) request.x_amz_target = value;
      if (beast::iequals(name_text, "x-amz-date")) request.x_amz_date = value;
      return;
    default:
      return;
  }
}

std::optional<int> refusal_of(const Framing& framing, unsigned version, std::size_t field_count) {
  if (field_count > limits::kHttpHeadersMax) return 431;
  if (framing.hosts > 1) return 400;
  if (framing.content_lengths > 1 || framing.length_is_list) return 400;
  if (framing.transfer_encodings == 0) return std::nullopt;
  if (framing.content_lengths > 0 || version < 11) return 400;
  // A coding of ours that is not there, or two: how the body ends is not known.
  if (framing.transfer_encodings > 1 || !framing.is_chunked) return 501;
  return std::nullopt;
}

}  // namespace

RequestHead read_head(const RequestMessage& message) {
  RequestHead head;
  HttpRequest& request = head.request;
  request.method = view(message.method_string());
  const std::string_view target = view(message.target());
  const std::size_t mark = std::min(target.find('?'), target.size());
  request.path = target.substr(0, mark);
  request.query = target.substr(std::min(mark + 1, target.size()));
  Framing framing;
  for (const auto& field : message) {
    ++head.field_count;
    read_field(field.name(), field.name_string(), view(field.value()), request, framing);
  }
  head.refusal = refusal_of(framing, message.version(), head.field_count);
  return head;
}

}  // namespace gyre::http
