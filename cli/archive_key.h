// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"

namespace gyre::cli {

// The file with the secret key that signs an archive's seals: one line of 64 hexadecimal digits, the seed of
// an Ed25519 key. Only its owner may read it.

/// Its seed, 32 bytes. kResourceNotFound: there is no such file. kValidation: it is no key, or others may
/// read it.
Result<std::string> read_archive_key(const std::string& file);
/// The same, of a new key if there is no file. The file is durable before it is answered.
Result<std::string> read_or_make_archive_key(const std::string& file);

}  // namespace gyre::cli
