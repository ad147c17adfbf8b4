// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre::storage {

/// Takes off the write-ahead logs of a closed store what was never synced, so that each ends in a whole
/// batch: a batch that a crash tore, and the zeros on which a log lies (zeroed_logs.h). Only the last batch
/// of a log can be torn, since the next one is written after its sync. Torn is what the end of the file cuts
/// off, and what lacks a whole sector (512 bytes, which a disk writes entirely or not at all) and has zeros
/// instead.
///
/// kCorruption, and nothing is changed, for anything else that is broken at a log's end, or if a whole batch
/// stands behind what is broken: in a log's last block RocksDB would take one flipped bit in a record's
/// length for a torn tail, and a zeroed sector for nothing. (Wrong checksums before the last batch RocksDB
/// refuses.)
Status cut_log_tails(const std::string& directory);

/// Where the batches of a log's bytes end; nullopt if the log is damaged.
std::optional<std::size_t> end_of_batches(std::string_view log);

}  // namespace gyre::storage
