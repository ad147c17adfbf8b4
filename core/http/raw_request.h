// SPDX-License-Identifier: Apache-2.0
#pragma once

// Inside core/http only: shows Beast.
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <optional>

#include "core/http/handler.h"

namespace gyre::http {

using RequestMessage = boost::beast::http::request<boost::beast::http::string_body>;

/// The head of a request, read in one pass over its fields instead of a search for each.
struct RequestHead {
  HttpRequest request;  ///< views into the message; no body yet
  /// The fields of the head: a trailer, which comes later, adds others to the message.
  std::size_t field_count = 0;
  /// The status that refuses it: what says how long the body is must say so once and in a way that every
  /// program on the way understands alike (RFC 9112, section 6), or the rest of one request is taken for
  /// another's start.
  std::optional<int> refusal;
};

RequestHead read_head(const RequestMessage& message);

}  // namespace gyre::http
