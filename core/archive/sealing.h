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

/// Seals all segments of `archive` that no seal has yet; nullopt: there are none. `pair` is the newest key of
/// the archive, or becomes its first: else kValidation. The seal's time is `now_ms`, or that of the seal
/// before if that is later.
Result<std::optional<Seal>> seal_archive(const Archive& archive, const SigningPair& pair,
                                         std::uint64_t now_ms);
/// Makes `next` the key of seals to come; `pair`, the newest key so far, signs it.
Status rotate_key(const Archive& archive, const SigningPair& pair, const PublicKey& next,
                  std::uint64_t now_ms);

}  // namespace gyre::archive
