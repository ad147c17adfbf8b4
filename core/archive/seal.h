// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/archive/layout.h"

namespace gyre::archive {

using PublicKey = std::array<char, 32>;
inline std::string_view key_bytes(const PublicKey& key) {
  return {key.data(), key.size()};
}

/// An Ed25519 key that signs. Wiped from memory at its end.
class SigningPair {
 public:
  static constexpr std::size_t kSeedBytes = 32;

  /// `seed`: kSeedBytes of them, secret.
  explicit SigningPair(std::string_view seed);
  ~SigningPair();
  SigningPair(const SigningPair&) = delete;
  SigningPair& operator=(const SigningPair&) = delete;

  const PublicKey& public_key() const { return public_key_; }
  /// 64 bytes.
  std::string sign(std::string_view message) const;

 private:
  PublicKey public_key_{};
  std::array<unsigned char, 64> secret_{};
};
bool is_signed(std::string_view message, std::string_view signature, const PublicKey& key);

/// A key that seals of an archive are signed with, and the word of the key before it.
struct KeyRecord {
  KeyNumber number{};
  log::LogIncarnation incarnation{};
  std::uint64_t time_ms = 0;
  PublicKey key{};
  PublicKey before{};  ///< which signs this; of the first key: itself
  std::string bytes;   ///< the object
};
KeyRecord make_key_record(KeyNumber number, log::LogIncarnation incarnation, std::uint64_t time_ms,
                          const PublicKey& key, const SigningPair& before);
/// `bytes` may be anything. What it answers is signed by the key that it names as the one before.
Result<KeyRecord> decode_key_record(std::string_view bytes);

/// A signed statement: the archive has these segments, from the first to this one.
struct Seal {
  SealNumber number{};
  log::LogIncarnation incarnation{};
  log::SegmentNumber first_segment{};
  std::uint64_t segment_count = 0;
  std::uint64_t time_ms = 0;
  SequenceNumber last_sequence{};
  std::uint64_t last_commit_ms = 0;
  KeyNumber key_number{};
  PublicKey key{};
  log::Hash before{};                 ///< hash of the seal before; zeros for the first
  log::Hash chain{};                  ///< chain hash of the last segment
  log::Hash index_hash{};             ///< of the last segment's index
  log::Hash root{};                   ///< of the tree over the segments
  std::vector<log::Hash> complete{};  ///< its complete subtrees, so that it can be gone on with
  std::string bytes{};                ///< the object

  log::SegmentNumber last_segment() const {
    return log::SegmentNumber(first_segment.value() + segment_count - 1);
  }
  log::Hash hash() const { return log::hash_of(bytes); }
};
/// Fills in key, root and bytes.
void sign_seal(Seal& seal, const SigningPair& pair);
/// `bytes` may be anything. What it answers is signed by the key that it names, and consistent in itself.
Result<Seal> decode_seal(std::string_view bytes);

}  // namespace gyre::archive
