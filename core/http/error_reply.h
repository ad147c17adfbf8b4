// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/error.h"

namespace gyre::http {

/// What became of a request, as it is counted: an index into outcome_names().
using Outcome = std::uint8_t;
inline constexpr std::size_t kOutcomesMax = 32;
inline constexpr Outcome kSuccess = 0;
inline constexpr Outcome kNotCounted = 0xFF;  ///< an answer that is none of an operation's
/// "success", and the names of all errors, each once.
std::span<const std::string_view> outcome_names();

/// An error as it goes over the wire: {"__type":"namespace#Name","message":"..."}.
struct ErrorReply {
  int status = 400;
  std::string body;
  Outcome outcome = kNotCounted;
};

/// The one place where an ErrorCode gets its DynamoDB name and HTTP status. A message may quote any bytes:
/// those that are no UTF-8 are replaced. An empty message leaves the member out; the member is "Message"
/// where AWS spells it so (SerializationException and what is about transactions); Error::reply_members
/// follow.
ErrorReply error_reply(const Error& error);

// What only the check of a signature answers (namespace com.amazon.coral.service).
ErrorReply missing_authentication_token();
ErrorReply incomplete_signature(std::string_view message);
ErrorReply invalid_signature(std::string_view message);

/// What a web page of an origin that is not allowed gets instead of a command.
ErrorReply forbidden_origin(std::string_view origin);

/// The way back, for our own client: the code behind a __type, if it means just one.
std::optional<ErrorCode> error_code_of(std::string_view type);

}  // namespace gyre::http
