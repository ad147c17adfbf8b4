// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace rocksdb {
class FileSystem;
}

namespace gyre::storage {

/// Reads `part` of a file from `offset` on, with preadv2's flags, answers and errno.
using TableRead = std::function<ssize_t(int descriptor, const iovec& part, off_t offset, int flags)>;

/// The machine's file system, whose tables can also be read without waiting for the disk (TableReads): then
/// what the operating system holds of a file in memory is read, and all else answers Busy. So a store much
/// larger than its own cache is still served by the thread that a request came in on. Where the system cannot
/// tell (RWF_NOWAIT of preadv2), all of it is Busy. `read` in place of preadv2 says what is in memory: tests.
std::shared_ptr<rocksdb::FileSystem> with_page_cache_reads(TableRead read);

/// `base`, of whose files nobody knows what is in memory: without waiting, all of it is Busy.
std::shared_ptr<rocksdb::FileSystem> without_page_cache_reads(
    const std::shared_ptr<rocksdb::FileSystem>& base);

/// While one lives, it watches what its thread reads of tables, and may keep it from waiting. One at a time.
class TableReads {
 public:
  explicit TableReads(bool memory_only);
  ~TableReads();
  TableReads(const TableReads&) = delete;
  TableReads& operator=(const TableReads&) = delete;

  /// Something was not in memory, or could not be read. Ask it whatever RocksDB says: at a boundary between
  /// files 7.8 forgets the error, and goes on as if the next file were not there (mended in 8.5, by its
  /// pull request 11782).
  bool failed() const;
  /// What was read of files.
  std::size_t bytes() const;
};

}  // namespace gyre::storage
