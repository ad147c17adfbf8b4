// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

namespace rocksdb {
class FileSystem;
}

namespace gyre::storage {

/// `base`, whose tables can also be read without waiting for the disk (PageCacheOnly): then what the
/// operating system holds of a file in memory is read, and all else answers Busy. So a store much larger than
/// its own cache is still served by the thread that a request came in on. On a system or a file system that
/// cannot tell (RWF_NOWAIT of preadv2), all of it is Busy.
std::shared_ptr<rocksdb::FileSystem> with_page_cache_reads(const std::shared_ptr<rocksdb::FileSystem>& base);

/// While one lives, its thread reads tables as above. Nests.
class PageCacheOnly {
 public:
  /// `active` = false: does nothing.
  explicit PageCacheOnly(bool active);
  ~PageCacheOnly();
  PageCacheOnly(const PageCacheOnly&) = delete;
  PageCacheOnly& operator=(const PageCacheOnly&) = delete;

 private:
  const bool before_;
};

}  // namespace gyre::storage
