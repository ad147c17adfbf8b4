// SPDX-License-Identifier: Apache-2.0
// Makes an archive of random records with three seals and two keys, and prints, one a line: both public keys,
// each record with its inclusion proof (as "SHARD SEQUENCE HEX PROOF"), and the consistency proofs of all
// pairs of seals.
#include <fmt/core.h>

#include "core/archive/proof.h"
#include "core/archive/sample_test.h"
#include "core/base/hex.h"

int main() {
  using namespace gyre;
  archive::SampleLog log(30);
  objects::MemoryStore store;
  archive::make_sample_archive(log, store);
  const auto opened = archive::Archive::open(store).value();
  for (const char seed : {'1', '2'}) {
    const archive::SigningPair pair(archive::seed_of(seed));
    fmt::print("key {}\n", hex(archive::key_bytes(pair.public_key())));
  }
  for (const auto& frame : log.harness.frames) {
    for (const auto& record : frame.content.records) {
      const auto proof = archive::prove_inclusion(*opened, record.head.shard, record.head.sequence);
      fmt::print("record {} {} {} {}\n", record.head.shard.value(), record.head.sequence.value(),
                 hex(record.bytes), proof.value());
    }
  }
  for (std::uint64_t old_seal = 1; old_seal <= 3; ++old_seal) {
    for (std::uint64_t new_seal = old_seal; new_seal <= 3; ++new_seal) {
      const auto proof =
          archive::prove_consistency(*opened, archive::SealNumber(old_seal), archive::SealNumber(new_seal));
      fmt::print("seals {} {} {}\n", old_seal, new_seal, proof.value());
    }
  }
  return testing::Test::HasFailure() ? 1 : 0;
}
