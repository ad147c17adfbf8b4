// SPDX-License-Identifier: Apache-2.0
#include "core/archive/seal.h"

#include <sodium.h>

#include "core/log/merkle.h"

namespace gyre::archive {
namespace {

constexpr std::string_view kKeyMagic = "gyre.key";
constexpr std::string_view kSealMagic = "gyre.sea";
constexpr std::uint32_t kSealFormat = 1;
constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kKeySignedBytes = 104;
constexpr std::size_t kSealFixedBytes = 240;
constexpr std::size_t kSealHashBytes = sizeof(log::Hash);
static_assert(crypto_sign_BYTES == kSignatureBytes && crypto_sign_SEEDBYTES == SigningPair::kSeedBytes);
static_assert(crypto_sign_PUBLICKEYBYTES == sizeof(PublicKey) && crypto_sign_SECRETKEYBYTES == 64);

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

PublicKey load_key(std::string_view bytes, std::size_t offset) {
  PublicKey key;
  CHECK(offset + key.size() <= bytes.size());
  std::memcpy(key.data(), bytes.data() + offset, key.size());
  return key;
}

std::string begin_block(std::size_t size, std::string_view magic) {
  std::string bytes(size, '\0');
  bytes.replace(0, magic.size(), magic);
  log::store(bytes.data(), 8, kSealFormat);
  return bytes;
}

Status check_signature(std::string_view bytes, const PublicKey& key) {
  const std::size_t end = bytes.size() - kSignatureBytes;
  if (is_signed(bytes.substr(0, end), bytes.substr(end), key)) return {};
  return Error::corruption("its signature is wrong");
}

}  // namespace

SigningPair::SigningPair(std::string_view seed) {
  CHECK(seed.size() == kSeedBytes && sodium_init() >= 0);
  CHECK(crypto_sign_seed_keypair(reinterpret_cast<unsigned char*>(public_key_.data()), secret_.data(),
                                 raw(seed)) == 0);
}

SigningPair::~SigningPair() {
  sodium_memzero(secret_.data(), secret_.size());
}

std::string SigningPair::sign(std::string_view message) const {
  std::string signature(kSignatureBytes, '\0');
  CHECK(crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, raw(message),
                             message.size(), secret_.data()) == 0);
  return signature;
}

bool is_signed(std::string_view message, std::string_view signature, const PublicKey& key) {
  return signature.size() == kSignatureBytes && sodium_init() >= 0 &&
         crypto_sign_verify_detached(raw(signature), raw(message), message.size(), raw(key_bytes(key))) == 0;
}

KeyRecord make_key_record(KeyNumber number, log::LogIncarnation incarnation, std::uint64_t time_ms,
                          const PublicKey& key, const SigningPair& before) {
  CHECK(number != KeyNumber());
  std::string bytes = begin_block(kKeySignedBytes, kKeyMagic);
  log::store(bytes.data(), 16, number.value());
  log::store(bytes.data(), 24, incarnation.value());
  log::store(bytes.data(), 32, time_ms);
  bytes.replace(40, key.size(), key_bytes(key));
  bytes.replace(72, key.size(), key_bytes(before.public_key()));
  bytes += before.sign(bytes);
  return {number, incarnation, time_ms, key, before.public_key(), std::move(bytes)};
}

Result<KeyRecord> decode_key_record(std::string_view bytes) {
  if (bytes.size() != kKeySignedBytes + kSignatureBytes || !bytes.starts_with(kKeyMagic)) {
    return Error::corruption("it is no key of an archive");
  }
  const KeyRecord record{.number = log::load_id<KeyNumber>(bytes, 16),
                         .incarnation = log::load_id<log::LogIncarnation>(bytes, 24),
                         .time_ms = log::load<std::uint64_t>(bytes, 32),
                         .key = load_key(bytes, 40),
                         .before = load_key(bytes, 72),
                         .bytes = std::string(bytes)};
  RETURN_IF_ERROR(check_signature(bytes, record.before));
  if (log::load<std::uint32_t>(bytes, 8) != kSealFormat || log::load<std::uint32_t>(bytes, 12) != 0) {
    return Error::corruption("its format is unknown");
  }
  const bool is_first = record.number == KeyNumber(1);
  if (record.number == KeyNumber() || is_first != (record.key == record.before)) {
    return Error::corruption("it is signed by another key than it must be");
  }
  return record;
}

void sign_seal(Seal& seal, const SigningPair& pair) {
  CHECK(seal.number != SealNumber() && seal.key_number != KeyNumber() && seal.segment_count > 0);
  const auto tree = log::MerkleTree::resume(seal.segment_count, seal.complete);
  CHECK(tree.has_value());
  seal.root = tree->root();
  seal.key = pair.public_key();
  std::string bytes = begin_block(kSealFixedBytes, kSealMagic);
  log::store(bytes.data(), 12, static_cast<std::uint32_t>(seal.complete.size()));
  log::store(bytes.data(), 16, seal.number.value());
  log::store(bytes.data(), 24, seal.incarnation.value());
  log::store(bytes.data(), 32, seal.first_segment.value());
  log::store(bytes.data(), 40, seal.segment_count);
  log::store(bytes.data(), 48, seal.time_ms);
  log::store(bytes.data(), 56, seal.last_sequence.value());
  log::store(bytes.data(), 64, seal.last_commit_ms);
  log::store(bytes.data(), 72, seal.key_number.value());
  bytes.replace(80, kSealHashBytes, log::hash_bytes(seal.before));
  bytes.replace(112, kSealHashBytes, log::hash_bytes(seal.chain));
  bytes.replace(144, kSealHashBytes, log::hash_bytes(seal.index_hash));
  bytes.replace(176, kSealHashBytes, key_bytes(seal.key));
  bytes.replace(208, kSealHashBytes, log::hash_bytes(seal.root));
  for (const log::Hash& subtree : seal.complete) bytes += log::hash_bytes(subtree);
  bytes += pair.sign(bytes);
  seal.bytes = std::move(bytes);
}

Result<Seal> decode_seal(std::string_view bytes) {
  if (bytes.size() < kSealFixedBytes + kSignatureBytes || !bytes.starts_with(kSealMagic)) {
    return Error::corruption("it is no seal of an archive");
  }
  Seal seal{.number = log::load_id<SealNumber>(bytes, 16),
            .incarnation = log::load_id<log::LogIncarnation>(bytes, 24),
            .first_segment = log::load_id<log::SegmentNumber>(bytes, 32),
            .segment_count = log::load<std::uint64_t>(bytes, 40),
            .time_ms = log::load<std::uint64_t>(bytes, 48),
            .last_sequence = log::load_id<SequenceNumber>(bytes, 56),
            .last_commit_ms = log::load<std::uint64_t>(bytes, 64),
            .key_number = log::load_id<KeyNumber>(bytes, 72),
            .key = load_key(bytes, 176),
            .before = load_hash(bytes, 80),
            .chain = load_hash(bytes, 112),
            .index_hash = load_hash(bytes, 144),
            .root = load_hash(bytes, 208)};
  RETURN_IF_ERROR(check_signature(bytes, seal.key));
  if (log::load<std::uint32_t>(bytes, 8) != kSealFormat) return Error::corruption("its format is unknown");
  const std::size_t subtrees = log::load<std::uint32_t>(bytes, 12);
  if (bytes.size() != kSealFixedBytes + subtrees * kSealHashBytes + kSignatureBytes) {
    return Error::corruption("it has another size than it says");
  }
  for (std::size_t i = 0; i < subtrees; ++i)
    seal.complete.push_back(load_hash(bytes, kSealFixedBytes + i * kSealHashBytes));
  const auto tree = log::MerkleTree::resume(seal.segment_count, seal.complete);
  if (!tree || tree->root() != seal.root || seal.number == SealNumber() || seal.key_number == KeyNumber() ||
      seal.first_segment == log::SegmentNumber() || seal.segment_count == 0 ||
      seal.segment_count > kSegmentsMax || seal.first_segment.value() > kSegmentsMax) {
    return Error::corruption("its numbers do not fit together");
  }
  seal.bytes = bytes;
  return seal;
}

}  // namespace gyre::archive
