// SPDX-License-Identifier: Apache-2.0
#include "core/archive/sealing.h"

#include <algorithm>

#include "core/log/merkle.h"

namespace gyre::archive {
namespace {

Error not_the_newest() {
  return Error::validation("the key is not the newest one of the archive");
}

// The number of the newest of `keys`, which must be `pair`; makes it the first if there is none.
Result<KeyNumber> key_number(const Archive& archive, const std::vector<KeyRecord>& keys,
                             const SigningPair& pair, std::uint64_t now_ms) {
  if (keys.empty()) {
    const KeyRecord first =
        make_key_record(KeyNumber(1), archive.identity().incarnation, now_ms, pair.public_key(), pair);
    RETURN_IF_ERROR(create_same(archive.store(), key_key(first.number), first.bytes));
    return first.number;
  }
  if (keys.back().key != pair.public_key()) return not_the_newest();
  return keys.back().number;
}

}  // namespace

Result<std::vector<KeyRecord>> read_keys(const Archive& archive) {
  ASSIGN_OR_RETURN(const std::uint64_t last, last_number(archive.store(), kKeysPrefix, ".key", 1));
  std::vector<KeyRecord> keys;
  for (std::uint64_t number = 1; number <= last; ++number) {
    const std::string name = key_key(KeyNumber(number));
    ASSIGN_OR_RETURN(KeyRecord record, read_object(archive.store(), name, decode_key_record));
    const bool follows = keys.empty() || record.before == keys.back().key;
    if (record.number != KeyNumber(number) || record.incarnation != archive.identity().incarnation ||
        !follows) {
      return Error::corruption(name + ": it does not follow the key before");
    }
    keys.push_back(std::move(record));
  }
  return keys;
}

Result<Seal> read_seal(const Archive& archive, SealNumber number) {
  ASSIGN_OR_RETURN(Seal seal, read_object(archive.store(), seal_key(number), decode_seal));
  const Identity& identity = archive.identity();
  if (seal.number != number || seal.incarnation != identity.incarnation ||
      seal.first_segment != identity.first_segment) {
    return Error::corruption(seal_key(number) + ": it is of another archive, or another one's place");
  }
  return seal;
}

Result<std::optional<Seal>> last_seal(const Archive& archive) {
  ASSIGN_OR_RETURN(const std::uint64_t last, last_number(archive.store(), kSealsPrefix, ".seal", 1));
  if (last == 0) return std::optional<Seal>();
  ASSIGN_OR_RETURN(Seal seal, read_seal(archive, SealNumber(last)));
  return std::optional(std::move(seal));
}

Status check_key(const Seal& seal, const std::vector<KeyRecord>& keys) {
  const std::uint64_t number = seal.key_number.value();
  if (number <= keys.size() && keys[number - 1].key == seal.key) return {};
  return Error::corruption(seal_key(seal.number) + ": it is signed with a key that is none of the archive's");
}

Status check_segments(const Seal& seal, const Archive& archive) {
  if (seal.segment_count <= archive.segment_count()) return {};
  const std::uint64_t first_missing = archive.first().value() + archive.segment_count();
  return Error::corruption(index_key(log::SegmentNumber(first_missing)) +
                           " is missing, or came later: seal " + std::to_string(seal.number.value()) +
                           " has it");
}

Result<std::optional<Seal>> seal_archive(const Archive& archive, const SigningPair& pair,
                                         std::uint64_t now_ms) {
  ASSIGN_OR_RETURN(const std::optional<Seal> before, last_seal(archive));
  ASSIGN_OR_RETURN(const std::vector<KeyRecord> keys, read_keys(archive));
  if (before) {
    // Its tree is gone on with, and signed again.
    RETURN_IF_ERROR(check_key(*before, keys));
    RETURN_IF_ERROR(check_segments(*before, archive));
  }
  const std::uint64_t sealed = before ? before->segment_count : 0;
  if (sealed == archive.segment_count()) return std::optional<Seal>();
  ASSIGN_OR_RETURN(const KeyNumber number, key_number(archive, keys, pair, now_ms));

  Seal seal;
  auto tree = log::MerkleTree::resume(sealed, before ? before->complete : std::vector<log::Hash>());
  CHECK(tree.has_value());
  log::Hash index_before = before ? before->index_hash : log::Hash{};
  log::Hash chain_before = before ? before->chain : archive.identity().chain_before;
  for (std::uint64_t i = sealed; i < archive.segment_count(); ++i) {
    ASSIGN_OR_RETURN(const SegmentIndex index,
                     archive.index(log::SegmentNumber(archive.first().value() + i)));
    if (index.before != index_before || index.trailer.chain_before != chain_before) {
      return Error::corruption(index_key(index.number()) + ": it does not follow the segment before");
    }
    tree->add(segment_leaf(index.trailer_bytes));
    index_before = index.hash;
    chain_before = index.trailer.chain;
    seal.last_sequence = index.trailer.summary.last_sequence;
    seal.last_commit_ms = index.trailer.summary.last_commit_ms;
  }
  seal.number = SealNumber(before ? before->number.value() + 1 : 1);
  seal.incarnation = archive.identity().incarnation;
  seal.first_segment = archive.first();
  seal.segment_count = tree->size();
  seal.time_ms = std::max(now_ms, before ? before->time_ms : 0);
  seal.key_number = number;
  if (before) seal.before = before->hash();
  seal.chain = chain_before;
  seal.index_hash = index_before;
  seal.complete = tree->complete();
  sign_seal(seal, pair);
  RETURN_IF_ERROR(create_same(archive.store(), seal_key(seal.number), seal.bytes));
  return std::optional(std::move(seal));
}

Status rotate_key(const Archive& archive, const SigningPair& pair, const PublicKey& next,
                  std::uint64_t now_ms) {
  if (next == pair.public_key()) return Error::validation("the next key is the present one");
  ASSIGN_OR_RETURN(const std::vector<KeyRecord> keys, read_keys(archive));
  ASSIGN_OR_RETURN(const KeyNumber number, key_number(archive, keys, pair, now_ms));
  const KeyRecord record =
      make_key_record(KeyNumber(number.value() + 1), archive.identity().incarnation, now_ms, next, pair);
  return create_same(archive.store(), key_key(record.number), record.bytes);
}

}  // namespace gyre::archive
