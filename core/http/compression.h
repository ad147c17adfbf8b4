// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/http/content_coding.h"

namespace gyre::http {

/// Undoes gzip or deflate (which in HTTP means zlib's format). kInternal on damaged, unfinished or missing
/// input (AWS answers InternalServerError), kRequestTooLarge as soon as the result would pass `bytes_max`. As
/// on AWS, several gzip members may follow each other, and whatever follows the last is ignored.
Result<std::string> decompress(std::string_view bytes, ContentCoding coding, std::size_t bytes_max);

std::string compress(std::string_view bytes, ContentCoding coding);

}  // namespace gyre::http
