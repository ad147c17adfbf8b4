// SPDX-License-Identifier: Apache-2.0
#include "core/storage/page_cache_reads.h"

#include <fcntl.h>
#include <rocksdb/file_system.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace gyre::storage {
namespace {

using rocksdb::FSRandomAccessFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

thread_local bool page_cache_only = false;

class TableFile final : public FSRandomAccessFile {
 public:
  TableFile(std::string name, int descriptor) : name_(std::move(name)), descriptor_(descriptor) {}
  ~TableFile() override { ::close(descriptor_); }
  TableFile(const TableFile&) = delete;
  TableFile& operator=(const TableFile&) = delete;

  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions&, rocksdb::Slice* result, char* scratch,
                IODebugContext*) const override {
    *result = rocksdb::Slice(scratch, 0);
    const int flags = page_cache_only ? RWF_NOWAIT : 0;
    std::size_t done = 0;
    while (done < n) {
      iovec part{scratch + done, n - done};
      const ssize_t got = ::preadv2(descriptor_, &part, 1, static_cast<off_t>(offset + done), flags);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && flags != 0) return IOStatus::Busy("not in memory");
      if (got < 0) return IOStatus::IOError("while reading " + name_, std::strerror(errno));
      if (got == 0) break;  // the end of the file
      done += static_cast<std::size_t>(got);
    }
    *result = rocksdb::Slice(scratch, done);
    return IOStatus::OK();
  }

  IOStatus Prefetch(std::uint64_t offset, std::size_t n, const IOOptions&, IODebugContext*) override {
    // A hint, which may wait for the disk.
    if (!page_cache_only) (void)::readahead(descriptor_, static_cast<off_t>(offset), n);
    return IOStatus::OK();
  }

  void Hint(AccessPattern pattern) override {
    switch (pattern) {
      case kNormal:
        return advise(0, 0, POSIX_FADV_NORMAL);
      case kRandom:
        return advise(0, 0, POSIX_FADV_RANDOM);
      case kSequential:
        return advise(0, 0, POSIX_FADV_SEQUENTIAL);
      case kWillNeed:
        return advise(0, 0, POSIX_FADV_WILLNEED);
      case kWontNeed:
        return advise(0, 0, POSIX_FADV_DONTNEED);
    }
  }

  IOStatus InvalidateCache(std::size_t offset, std::size_t length) override {
    advise(offset, length, POSIX_FADV_DONTNEED);
    return IOStatus::OK();
  }

 private:
  void advise(std::size_t offset, std::size_t length, int advice) {
    (void)::posix_fadvise(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(length), advice);
  }

  const std::string name_;
  const int descriptor_;
};

class PageCacheReads final : public rocksdb::FileSystemWrapper {
 public:
  explicit PageCacheReads(const std::shared_ptr<rocksdb::FileSystem>& base) : FileSystemWrapper(base) {}

  const char* Name() const override { return "PageCacheReads"; }

  IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                               std::unique_ptr<FSRandomAccessFile>* result,
                               IODebugContext* context) override {
    const int descriptor = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    // The base says what is wrong.
    if (descriptor < 0) return target()->NewRandomAccessFile(name, options, result, context);
    *result = std::make_unique<TableFile>(name, descriptor);
    return IOStatus::OK();
  }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> with_page_cache_reads(const std::shared_ptr<rocksdb::FileSystem>& base) {
  return std::make_shared<PageCacheReads>(base);
}

PageCacheOnly::PageCacheOnly(bool active) : before_(page_cache_only) {
  if (active) page_cache_only = true;
}

PageCacheOnly::~PageCacheOnly() {
  page_cache_only = before_;
}

}  // namespace gyre::storage
