// SPDX-License-Identifier: Apache-2.0
#include "core/archive/layout.h"

#include <fmt/core.h>

#include <charconv>

namespace gyre::archive {
namespace {

constexpr std::string_view kIdentityMagic = "gyre.arc";
constexpr std::uint32_t kIdentityFormat = 1;
constexpr std::size_t kIdentityBytes = 96;
constexpr std::size_t kIdentityHashOffset = 64;
constexpr std::size_t kNumberDigits = 16;

}  // namespace

std::string segment_key(log::SegmentNumber number) {
  return fmt::format("{}{:016}.segment", kSegmentsPrefix, number.value());
}
std::string index_key(log::SegmentNumber number) {
  return fmt::format("{}{:016}.index", kIndexPrefix, number.value());
}
std::string seal_key(SealNumber number) {
  return fmt::format("{}{:016}.seal", kSealsPrefix, number.value());
}
std::string key_key(KeyNumber number) {
  return fmt::format("{}{:016}.key", kKeysPrefix, number.value());
}

std::optional<std::uint64_t> number_in(std::string_view key, std::string_view prefix,
                                       std::string_view suffix) {
  if (key.size() != prefix.size() + kNumberDigits + suffix.size() || !key.starts_with(prefix) ||
      !key.ends_with(suffix)) {
    return std::nullopt;
  }
  const char* const begin = key.data() + prefix.size();
  std::uint64_t number = 0;
  const auto read = std::from_chars(begin, begin + kNumberDigits, number);
  if (read.ec != std::errc() || read.ptr != begin + kNumberDigits || number == 0) return std::nullopt;
  return number;
}

std::string encode_identity(const Identity& identity) {
  CHECK(identity.first_segment != log::SegmentNumber());
  std::string bytes(kIdentityHashOffset, '\0');
  bytes.replace(0, kIdentityMagic.size(), kIdentityMagic);
  log::store(bytes.data(), 8, kIdentityFormat);
  log::store(bytes.data(), 16, identity.incarnation.value());
  log::store(bytes.data(), 24, identity.first_segment.value());
  bytes.replace(32, identity.chain_before.size(), log::hash_bytes(identity.chain_before));
  bytes += log::hash_bytes(log::hash_of(bytes));
  CHECK(bytes.size() == kIdentityBytes);
  return bytes;
}

Result<Identity> decode_identity(std::string_view bytes) {
  if (bytes.size() != kIdentityBytes || !bytes.starts_with(kIdentityMagic))
    return Error::corruption("it is no archive");
  if (load_hash(bytes, kIdentityHashOffset) != log::hash_of(bytes.substr(0, kIdentityHashOffset))) {
    return Error::corruption("the archive's first object is damaged");
  }
  const Identity identity{.incarnation = log::load_id<log::LogIncarnation>(bytes, 16),
                          .first_segment = log::load_id<log::SegmentNumber>(bytes, 24),
                          .chain_before = load_hash(bytes, 32)};
  if (log::load<std::uint32_t>(bytes, 8) != kIdentityFormat || log::load<std::uint32_t>(bytes, 12) != 0 ||
      identity.first_segment == log::SegmentNumber() || identity.first_segment.value() > kSegmentsMax) {
    return Error::corruption("the archive's format is unknown");
  }
  return identity;
}

}  // namespace gyre::archive
