// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre::http {

/// Undoes gzip or zlib ("deflate"), whichever the bytes say they are. kInternal on damaged or unfinished
/// input (AWS answers InternalServerError), kRequestTooLarge as soon as the result would pass `bytes_max`.
Result<std::string> inflate(std::string_view bytes, std::size_t bytes_max);

std::string gzip(std::string_view bytes);

/// What an Accept-Encoding header says of gzip.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace gyre::http
