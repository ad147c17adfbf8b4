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

namespace gyre::archive {

/// A signed statement about the archive's segments; 1, 2, 3 ...
using SealNumber = NumericId<struct SealNumberTag>;
/// A key that seals were signed with; 1, 2, 3 ...
using KeyNumber = NumericId<struct KeyNumberTag>;

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
/// Lower-case hexadecimal digits, two a byte.
std::string hex(std::string_view bytes);
/// nullopt: these are no such digits.
std::optional<std::string> from_hex(std::string_view digits);

}  // namespace gyre::archive
