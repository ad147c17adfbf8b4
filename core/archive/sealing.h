// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/archive/archive.h"
#include "core/archive/seal.h"

namespace gyre::archive {

// Seals and keys of an archive. Each is created once and never replaced; after an Error, or a crash, it may
// be there: look again.

/// All keys, in order: each signed by the one before. Empty: nothing was sealed yet.
Result<std::vector<KeyRecord>> read_keys(const Archive& archive);
/// The newest seal; nullopt: there is none.
Result<std::optional<Seal>> last_seal(const Archive& archive);
Result<Seal> read_seal(const Archive& archive, SealNumber number);

/// That the seal is signed with one of these keys, all of the archive's, under its number. decode_seal()
/// checks it against the key that it names itself alone. kCorruption names the seal.
Status check_key(const Seal& seal, const std::vector<KeyRecord>& keys);
/// That `archive` has the segments that the seal has. kCorruption names the index: it is missing, or came
/// after the archive was opened.
Status check_segments(const Seal& seal, const Archive& archive);

/// Seals all segments of `archive` that no seal has yet; nullopt: there are none. `pair` is the newest key of
/// the archive, or becomes its first: else kValidation. The seal's time is `now_ms`, or that of the seal
/// before if that is later. What the indexes of these segments say is signed as the store has it: it is not
/// held against the segments, nor against the log. kCorruption: an index does not follow the one before, or
/// the newest seal is none of the archive's.
Result<std::optional<Seal>> seal_archive(const Archive& archive, const SigningPair& pair,
                                         std::uint64_t now_ms);
/// Makes `next` the key of seals to come; `pair`, the newest key so far, signs it.
Status rotate_key(const Archive& archive, const SigningPair& pair, const PublicKey& next,
                  std::uint64_t now_ms);

}  // namespace gyre::archive
