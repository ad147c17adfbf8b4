// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"

namespace gyre::storage {

/// Looks for damage in the write-ahead logs of a closed store that RocksDB takes for a torn tail: in a log's
/// last block, one flipped bit in a record's length hides every synced record behind it, and a zeroed sector
/// is skipped without a word. A torn tail has nothing whole behind it; damage has. kCorruption then. (RocksDB
/// itself refuses wrong checksums.)
Status check_logs(const std::string& directory);

}  // namespace gyre::storage
