// SPDX-License-Identifier: Apache-2.0
#include "core/http/compression.h"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>

#include "core/base/check.h"

namespace gyre::http {
namespace {

constexpr int kDetectGzipOrZlib = MAX_WBITS + 32;
constexpr int kGzip = MAX_WBITS + 16;

// zlib wants pointers that it does not write through.
Bytef* input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

struct InflateStream {
  z_stream z{};
  InflateStream() { CHECK(inflateInit2(&z, kDetectGzipOrZlib) == Z_OK); }
  ~InflateStream() { inflateEnd(&z); }
};

}  // namespace

Result<std::string> inflate(std::string_view bytes, std::size_t bytes_max) {
  InflateStream stream;
  stream.z.next_in = input(bytes);
  stream.z.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int answer = Z_OK;
  while (answer == Z_OK) {
    if (out.size() > bytes_max) {
      return Error(ErrorCode::kRequestTooLarge, "The request is larger than 16 MB when decompressed");
    }
    const std::size_t have = out.size();
    // Grows with what has come out, so that a small bomb never claims much memory at once.
    out.resize(std::min(std::max(have * 2, bytes.size() * 4 + 64), bytes_max + 1));
    stream.z.next_out = reinterpret_cast<Bytef*>(out.data() + have);
    stream.z.avail_out = static_cast<uInt>(out.size() - have);
    answer = ::inflate(&stream.z, Z_NO_FLUSH);
    out.resize(out.size() - stream.z.avail_out);
    if (answer == Z_OK && out.size() == have) answer = Z_BUF_ERROR;  // no room was missing, so input was
  }
  if (answer != Z_STREAM_END || stream.z.avail_in != 0) return Error::internal({});
  if (out.size() > bytes_max) {
    return Error(ErrorCode::kRequestTooLarge, "The request is larger than 16 MB when decompressed");
  }
  return out;
}

std::string gzip(std::string_view bytes) {
  z_stream z{};
  // The fastest level: a reply's JSON shrinks well at any, and a local client gains little from more.
  CHECK(deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&z, bytes.size()), '\0');
  z.next_in = input(bytes);
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

bool accepts_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const std::size_t end = std::min(accept_encoding.find(','), accept_encoding.size());
    std::string item;  // without spaces: "gzip" or "gzip;q=0.5"
    std::copy_if(accept_encoding.begin(), accept_encoding.begin() + end, std::back_inserter(item),
                 [](char c) { return c != ' ' && c != '\t'; });
    accept_encoding.remove_prefix(std::min(end + 1, accept_encoding.size()));
    if (item == "gzip") return true;
    if (item.starts_with("gzip;q=")) return std::strtod(item.c_str() + 7, nullptr) > 0;
  }
  return false;
}

}  // namespace gyre::http
