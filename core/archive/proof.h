// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/archive/archive.h"
#include "core/archive/seal.h"

namespace gyre::archive {

// Proofs for those who have a public key and no archive (README.md, "Proofs"): one line of JSON each. Whoever
// checks one needs nothing else; examples/audit/verify_proof.py does. Each is checked before it is answered:
// kCorruption names the object because of which it would not hold.

/// That the record of `shard` with `sequence` is in the archive, as the newest seal says. kResourceNotFound:
/// there is no such record. kValidation: no seal has its segment yet.
Result<std::string> prove_inclusion(const Archive& archive, ShardId shard, SequenceNumber sequence);
/// That the newer of two seals has all that the older one has, unchanged. `old_number` <= `new_number`.
Result<std::string> prove_consistency(const Archive& archive, SealNumber old_number, SealNumber new_number);

}  // namespace gyre::archive
