// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace rocksdb {
class FileSystem;
}

namespace gyre::storage {

/// `base`, whose write-ahead logs lie on space that was written with zeros before: to sync an append then
/// writes the data alone, where a file that grows needs its inode written too (half the time on ext4).
///
/// The space of the next log is made by a thread of the file system's own while the present log fills, slowly
/// enough that syncs hardly wait for it; a store that rests writes nothing. A log for which no space is ready
/// grows as usual: so do the first one, and one whose space could not be made; the next log's is tried again.
/// A log of a store that was not closed ends in zeros, or in a torn batch and zeros: cut_log_tails() takes
/// them off.
///
/// `directory` is the store's; `log_bytes` about what a log holds when the next one begins. Outlives the
/// store.
std::shared_ptr<rocksdb::FileSystem> with_zeroed_logs(const std::shared_ptr<rocksdb::FileSystem>& base,
                                                      const std::string& directory, std::uint64_t log_bytes);

}  // namespace gyre::storage
