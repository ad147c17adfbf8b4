// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/http/error_reply.h"

namespace gyre::http {

inline constexpr std::string_view kJson10 = "application/x-amz-json-1.0";
inline constexpr std::string_view kJson = "application/json";

/// One reply before it is put into bytes.
struct Reply {
  int status = 200;
  std::string_view content_type;  ///< a constant; empty: no such header
  std::string body;
  std::string headers;  ///< further header lines, each with its line end
  // For what is counted (request_counts.h).
  Outcome outcome = kNotCounted;
  std::uint16_t operation = 0;  ///< Router::Entry::number

  static Reply of(ErrorReply error, std::string_view content_type, std::uint16_t operation = 0) {
    return {error.status, content_type, std::move(error.body), {}, error.outcome, operation};
  }
};

/// What the connection knows of a reply.
struct ReplyFacts {
  std::string_view request_id;
  std::string_view date;  ///< as HTTP writes it
  bool keep_alive = true;
};

/// Appends status line, headers and the empty line. x-amz-crc32 is that of the body's bytes as they are sent.
void append_reply_head(std::string& out, const Reply& reply, const ReplyFacts& facts);

/// The Date header, written once a second. One owner.
class HttpDate {
 public:
  /// Holds until the next call.
  std::string_view at(std::uint64_t now_ms);

 private:
  std::uint64_t second_ = UINT64_MAX;
  std::string text_;
};

}  // namespace gyre::http
