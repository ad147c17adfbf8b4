// SPDX-License-Identifier: Apache-2.0
// Any bytes as an object of an archive. Their hash or signature would be wrong nearly always, so the same
// bytes come with those that they would need.
#include <string>

#include "core/archive/layout.h"
#include "core/archive/seal.h"
#include "core/archive/segment_index.h"
#include "core/base/check.h"
#include "core/base/hex.h"
#include "tests/fuzz/fuzz.h"

namespace gyre {
namespace {

using namespace archive;  // NOLINT: the fuzzer is about that room

void use(std::string_view bytes) {
  const auto identity = decode_identity(bytes);
  if (identity.ok()) CHECK(encode_identity(*identity).size() == bytes.size());
  const auto index = decode_index(bytes);
  if (index.ok()) CHECK(encode_index(*index) == bytes);
  const auto key = decode_key_record(bytes);
  if (key.ok()) CHECK(key->bytes == bytes);
  const auto seal = decode_seal(bytes);
  if (seal.ok()) CHECK(seal->bytes == bytes && seal->segment_count > 0);
}

std::string with_hash(std::string_view bytes) {
  return std::string(bytes).append(log::hash_bytes(log::hash_of(bytes)));
}

// As a seal or a key that is signed with the key that it names.
std::string with_signature(std::string_view bytes, std::size_t key_offset) {
  static const SigningPair pair(std::string(SigningPair::kSeedBytes, 's'));
  std::string signed_bytes(bytes);
  if (bytes.size() >= key_offset + sizeof(PublicKey)) {
    signed_bytes.replace(key_offset, sizeof(PublicKey), key_bytes(pair.public_key()));
  }
  return signed_bytes + pair.sign(signed_bytes);
}

}  // namespace

void fuzz(std::string_view bytes) {
  use(bytes);
  use(with_hash(bytes));
  use(with_signature(bytes, 176));
  use(with_signature(bytes, 72));
  const auto digits = from_hex(bytes);
  if (digits) CHECK(from_hex(hex(*digits)) == digits);
  const auto number = number_in(bytes, kIndexPrefix, ".index");
  if (number) CHECK(index_key(log::SegmentNumber(*number)) == bytes);
}

}  // namespace gyre
