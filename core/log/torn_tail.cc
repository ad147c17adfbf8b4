// SPDX-License-Identifier: Apache-2.0
#include "core/log/torn_tail.h"

#include <string>

#include "core/base/limits.h"
#include "core/log/frame_header.h"

namespace gyre::log {
namespace {

// A witness that begins in `bytes` at a multiple of kAlignment.
std::optional<Witness> witness_in(std::string_view bytes, std::uint64_t salt, FrameNumber due) {
  for (std::size_t at = bytes.find(kFrameMagic); at != std::string_view::npos;
       at = bytes.find(kFrameMagic, at + 1)) {
    if (!is_aligned(at) || at + kFrameHeaderBytes > bytes.size()) continue;
    const Result<FrameHeader> header = decode_frame_header(bytes.substr(at, kFrameHeaderBytes), salt);
    if (header.ok() && header->synced_through >= due)
      return Witness{at, header->number, header->synced_through};
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<Witness>> find_witness(const files::File& file, const SegmentHeader& segment,
                                            std::uint64_t from, FrameNumber due) {
  CHECK(is_aligned(from) && due != FrameNumber());
  // Windows overlap, so that a header which begins in one and ends in the next is seen whole.
  constexpr std::size_t kOverlap = aligned(kFrameHeaderBytes);
  std::string window(4 * limits::kLogReadWindowBytes, '\0');
  static_assert(is_aligned(4 * limits::kLogReadWindowBytes));
  while (true) {
    ASSIGN_OR_RETURN(const std::size_t count, file.read(from, window.size(), window.data()));
    if (auto witness = witness_in(std::string_view(window).substr(0, count), segment.salt, due)) {
      witness->offset += from;
      return witness;
    }
    if (count < window.size()) return std::optional<Witness>();
    from += window.size() - kOverlap;
  }
}

}  // namespace gyre::log
