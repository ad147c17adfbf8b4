// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace gyre::http {

/// How a body is coded on the wire. DynamoDB reads and writes these, and no other.
enum class ContentCoding { kIdentity, kGzip, kDeflate };

/// The name of a coding in a header.
std::string_view name_of(ContentCoding coding);

/// What a request's Content-Encoding header names (kIdentity if it is empty); nullopt if DynamoDB does not
/// know it.
std::optional<ContentCoding> request_coding(std::string_view content_encoding);

/// What a large reply is coded with, given the request's Accept-Encoding header. Follows DynamoDB (measured),
/// which reads this header freely: the greatest q wins, the first named among equals; `*` means what is
/// not named, gzip first, and loses against equals that are; a q that is no number counts as 1, and so does
/// one above 1; the identity is never preferred.
ContentCoding reply_coding(std::string_view accept_encoding);

}  // namespace gyre::http
