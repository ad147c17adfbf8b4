// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/log/footer.h"

namespace gyre::log {

/// Makes chain hash and checksum of a trailer right that somebody changed: what whoever can write to where
/// segments are kept is able to do.
inline void make_trailer_right(std::string& trailer, std::string_view first_bytes) {
  const SegmentHeader header = decode_segment_header(first_bytes.substr(0, kSegmentHeaderBytes)).value();
  Hash before;
  std::memcpy(before.data(), trailer.data() + 224, before.size());
  const Hash chain = chain_hash(before, first_bytes, trailer);
  trailer.replace(256, chain.size(), hash_bytes(chain));
  store(trailer.data(), 288,
        seeded_checksum(std::string_view(trailer).substr(0, 288), segment_seed(header.salt, header.number)));
}

}  // namespace gyre::log
