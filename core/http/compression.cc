// SPDX-License-Identifier: Apache-2.0
#include "core/http/compression.h"

#include <zlib.h>

#include <algorithm>

#include "core/base/check.h"

namespace gyre::http {
namespace {

constexpr std::string_view kGzipMagic = "\x1f\x8b";

// What tells zlib which of its formats is meant.
int window_bits(ContentCoding coding) {
  CHECK(coding != ContentCoding::kIdentity);
  return coding == ContentCoding::kGzip ? MAX_WBITS + 16 : MAX_WBITS;
}

// zlib wants pointers that it does not write through.
Bytef* input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

struct InflateStream {
  z_stream z{};
  explicit InflateStream(ContentCoding coding) { CHECK(inflateInit2(&z, window_bits(coding)) == Z_OK); }
  ~InflateStream() { inflateEnd(&z); }

  std::string_view rest() const { return {reinterpret_cast<const char*>(z.next_in), z.avail_in}; }
};

}  // namespace

Result<std::string> decompress(std::string_view bytes, ContentCoding coding, std::size_t bytes_max) {
  const Error too_large(ErrorCode::kRequestTooLarge, "The request is larger than 16 MB when decompressed");
  InflateStream stream(coding);
  stream.z.next_in = input(bytes);
  stream.z.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int answer = Z_OK;
  for (;;) {
    if (stream.z.avail_out == 0) {
      const std::size_t have = out.size();
      if (have > bytes_max) return too_large;
      // Grows with what has come out, so that a small bomb never claims much memory at once.
      out.resize(std::min(std::max(have * 2, bytes.size() * 4 + 64), bytes_max + 1));
      stream.z.next_out = reinterpret_cast<Bytef*>(out.data() + have);
      stream.z.avail_out = static_cast<uInt>(out.size() - have);
    }
    answer = ::inflate(&stream.z, Z_NO_FLUSH);
    if (answer == Z_STREAM_END && coding == ContentCoding::kGzip && stream.rest().starts_with(kGzipMagic)) {
      CHECK(inflateReset(&stream.z) == Z_OK);
      continue;
    }
    const bool wants_input = stream.z.avail_in == 0 && stream.z.avail_out != 0;
    if (answer != Z_OK || wants_input) break;
  }
  if (answer != Z_STREAM_END) return Error::internal({});
  out.resize(out.size() - stream.z.avail_out);
  if (out.size() > bytes_max) return too_large;
  return out;
}

std::string compress(std::string_view bytes, ContentCoding coding) {
  z_stream z{};
  // The fastest level: a reply's JSON shrinks well at any, and a local client gains little from more.
  CHECK(deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, window_bits(coding), 8, Z_DEFAULT_STRATEGY) == Z_OK);
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

}  // namespace gyre::http
