// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/log/checksums.h"
#include "core/log/layout.h"
#include "core/objects/object_store.h"

namespace gyre::archive {

/// A signed statement about the archive's segments; 1, 2, 3 ...
using SealNumber = NumericId<struct SealNumberTag>;
/// A key that seals were signed with; 1, 2, 3 ...
using KeyNumber = NumericId<struct KeyNumberTag>;

/// Numbers of segments, and how many there are, are below this: formats refuse more, so that nothing that is
/// computed from them overflows.
inline constexpr std::uint64_t kSegmentsMax = std::uint64_t{1} << 48;

/// Of all objects but segments: one call reads one of them, and sees that there is no more.
inline constexpr std::size_t kSmallObjectBytesMax = objects::kObjectPieceBytesMax - 1;

// Where the objects of an archive are (README.md).

inline const std::string kIdentityKey = "archive";
inline const std::string kSegmentsPrefix = "segments/";
inline const std::string kIndexPrefix = "index/";
inline const std::string kSealsPrefix = "seals/";
inline const std::string kKeysPrefix = "keys/";

std::string segment_key(log::SegmentNumber number);
std::string index_key(log::SegmentNumber number);
std::string seal_key(SealNumber number);
std::string key_key(KeyNumber number);
/// The number in "PREFIXNNNNNNNNNNNNNNNN.SUFFIX"; nullopt if `key` is no such one.
std::optional<std::uint64_t> number_in(std::string_view key, std::string_view prefix,
                                       std::string_view suffix);

/// Which log the archive is of, and where it begins.
struct Identity {
  log::LogIncarnation incarnation{};
  log::SegmentNumber first_segment{};
  log::Hash chain_before{};  ///< the chain hash of the segment before the first; zeros before segment 1
  bool operator==(const Identity&) const = default;
};
std::string encode_identity(const Identity& identity);
/// `bytes` may be anything.
Result<Identity> decode_identity(std::string_view bytes);

// What the formats of this room share.

inline log::Hash load_hash(std::string_view bytes, std::size_t offset) {
  log::Hash hash;
  CHECK(offset + hash.size() <= bytes.size());
  std::memcpy(hash.data(), bytes.data() + offset, hash.size());
  return hash;
}

}  // namespace gyre::archive
