// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/http/http_client.h"

namespace gyre::http {

/// Whose key signs.
struct SigningKey {
  std::string access_key_id;
  std::string secret;
  std::string session_token;  ///< of temporary credentials; else empty
};

/// A request as it is signed.
struct ToSign {
  std::string_view method;
  /// Percent-encoded, as it goes onto the wire. S3 signs it so; other services encode it once more.
  std::string_view path;
  /// Names and values, percent-encoded; in any order.
  std::vector<std::pair<std::string, std::string>> query;
  /// All of them are signed: Host, X-Amz-Date, ...
  std::vector<Header> headers;
  std::string_view payload_hash;  ///< sha256_hex() of the body
};

/// What a key signs for, and when.
struct SigningScope {
  std::string region;   ///< "us-east-1"
  std::string service;  ///< "s3"
  std::string time;     ///< amz_time(): "20130524T000000Z"
};

// AWS signature version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html), for
// requests of our own. Pure.

/// The value of the Authorization header.
std::string authorization(const ToSign& request, const SigningKey& key, const SigningScope& scope);

std::string sha256_hex(std::string_view bytes);
/// "20130524T000000Z", UTC.
std::string amz_time(std::uint64_t milliseconds_since_1970);
/// Percent-encodes all but letters, digits and "-._~"; of a path's, "/" is left alone.
std::string percent_encoded(std::string_view text, bool keep_slashes);

}  // namespace gyre::http
