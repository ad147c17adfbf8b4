// SPDX-License-Identifier: Apache-2.0
#include "core/http/reply.h"

#include <libdeflate.h>

#include <charconv>
#include <ctime>

namespace gyre::http {
namespace {

std::string_view status_line(int status) {
  switch (status) {
    case 200:
      return "HTTP/1.1 200 OK\r\n";
    case 201:
      return "HTTP/1.1 201 Created\r\n";
    case 202:
      return "HTTP/1.1 202 Accepted\r\n";
    case 204:
      return "HTTP/1.1 204 No Content\r\n";
    case 400:
      return "HTTP/1.1 400 Bad Request\r\n";
    case 403:
      return "HTTP/1.1 403 Forbidden\r\n";
    case 404:
      return "HTTP/1.1 404 Not Found\r\n";
    case 409:
      return "HTTP/1.1 409 Conflict\r\n";
    case 410:
      return "HTTP/1.1 410 Gone\r\n";
    case 413:
      return "HTTP/1.1 413 Payload Too Large\r\n";
    case 429:
      return "HTTP/1.1 429 Too Many Requests\r\n";
    case 431:
      return "HTTP/1.1 431 Request Header Fields Too Large\r\n";
    case 501:
      return "HTTP/1.1 501 Not Implemented\r\n";
    case 503:
      return "HTTP/1.1 503 Service Unavailable\r\n";
    default:
      return "HTTP/1.1 500 Internal Server Error\r\n";
  }
}

void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace

void append_reply_head(std::string& out, const Reply& reply, const ReplyFacts& facts) {
  out.append(status_line(reply.status));
  out.append("Server: Gyre\r\nDate: ").append(facts.date);
  if (!reply.content_type.empty()) out.append("\r\nContent-Type: ").append(reply.content_type);
  out.append("\r\nContent-Length: ");
  append_number(out, reply.body.size());
  out.append("\r\nConnection: ").append(facts.keep_alive ? "keep-alive" : "close");
  out.append("\r\nx-amzn-RequestId: ").append(facts.request_id).append("\r\nx-amz-crc32: ");
  append_number(out, libdeflate_crc32(0, reply.body.data(), reply.body.size()));
  out.append("\r\n").append(reply.headers).append("\r\n");
}

std::string_view HttpDate::at(std::uint64_t now_ms) {
  if (now_ms / 1000 != second_) {
    second_ = now_ms / 1000;
    const auto seconds = static_cast<std::time_t>(second_);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[64];
    text_.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc));
  }
  return text_;
}

}  // namespace gyre::http
