// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rocksdb/page_cache_reads.h"

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

struct Watched {
  bool memory_only = false;
  bool failed = false;
  std::size_t bytes = 0;
};
thread_local Watched watched;

IOStatus not_in_page_cache() {
  watched.failed = true;
  return IOStatus::Busy("not in memory");
}

ssize_t read_by_system(int descriptor, const iovec& part, off_t offset, int flags) {
  return ::preadv2(descriptor, &part, 1, offset, flags);
}

class TableFile final : public FSRandomAccessFile {
 public:
  TableFile(std::string name, int descriptor, TableRead read)
      : name_(std::move(name)), descriptor_(descriptor), read_(std::move(read)) {}
  ~TableFile() override { ::close(descriptor_); }
  TableFile(const TableFile&) = delete;
  TableFile& operator=(const TableFile&) = delete;

  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions&, rocksdb::Slice* result, char* scratch,
                IODebugContext*) const override {
    *result = rocksdb::Slice(scratch, 0);
    const int flags = watched.memory_only ? RWF_NOWAIT : 0;
    std::size_t done = 0;
    while (done < n) {
      const iovec part{scratch + done, n - done};
      const ssize_t got = read_(descriptor_, part, static_cast<off_t>(offset + done), flags);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && flags != 0) return not_in_page_cache();
      if (got < 0) {
        watched.failed = true;
        return IOStatus::IOError("while reading " + name_, std::strerror(errno));
      }
      if (got == 0) break;  // the end of the file
      done += static_cast<std::size_t>(got);
    }
    watched.bytes += done;
    *result = rocksdb::Slice(scratch, done);
    return IOStatus::OK();
  }

  IOStatus Prefetch(std::uint64_t offset, std::size_t n, const IOOptions&, IODebugContext*) override {
    // A hint, which may wait for the disk.
    if (!watched.memory_only) (void)::readahead(descriptor_, static_cast<off_t>(offset), n);
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
  const TableRead read_;
};

class PageCacheReads final : public rocksdb::FileSystemWrapper {
 public:
  explicit PageCacheReads(TableRead read)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), read_(std::move(read)) {}

  const char* Name() const override { return "PageCacheReads"; }

  IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                               std::unique_ptr<FSRandomAccessFile>* result,
                               IODebugContext* context) override {
    const int descriptor = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    // The base says what is wrong.
    if (descriptor < 0) return target()->NewRandomAccessFile(name, options, result, context);
    *result = std::make_unique<TableFile>(name, descriptor, read_);
    return IOStatus::OK();
  }

 private:
  const TableRead read_;
};

class OpaqueFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  using FSRandomAccessFileOwnerWrapper::FSRandomAccessFileOwnerWrapper;

  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions& options, rocksdb::Slice* result,
                char* scratch, IODebugContext* context) const override {
    *result = rocksdb::Slice(scratch, 0);
    if (watched.memory_only) return not_in_page_cache();
    const IOStatus status = target()->Read(offset, n, options, result, scratch, context);
    if (!status.ok()) watched.failed = true;
    watched.bytes += result->size();
    return status;
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const IOOptions& options,
                     IODebugContext* context) override {
    return FSRandomAccessFile::MultiRead(requests, count, options, context);  // one by one, as above
  }
  IOStatus Prefetch(std::uint64_t offset, std::size_t n, const IOOptions& options,
                    IODebugContext* context) override {
    return watched.memory_only ? IOStatus::OK() : target()->Prefetch(offset, n, options, context);
  }
};

class OpaqueReads final : public rocksdb::FileSystemWrapper {
 public:
  explicit OpaqueReads(const std::shared_ptr<rocksdb::FileSystem>& base) : FileSystemWrapper(base) {}

  const char* Name() const override { return "OpaqueReads"; }

  IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                               std::unique_ptr<FSRandomAccessFile>* result,
                               IODebugContext* context) override {
    std::unique_ptr<FSRandomAccessFile> file;
    IOStatus opened = target()->NewRandomAccessFile(name, options, &file, context);
    if (opened.ok()) *result = std::make_unique<OpaqueFile>(std::move(file));
    return opened;
  }
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> with_page_cache_reads(TableRead read) {
  return std::make_shared<PageCacheReads>(read ? std::move(read) : read_by_system);
}

std::shared_ptr<rocksdb::FileSystem> without_page_cache_reads(
    const std::shared_ptr<rocksdb::FileSystem>& base) {
  return std::make_shared<OpaqueReads>(base);
}

TableReads::TableReads(bool memory_only) {
  watched = {.memory_only = memory_only};
}

TableReads::~TableReads() {
  watched = {};
}

bool TableReads::failed() const {
  return watched.failed;
}

std::size_t TableReads::bytes() const {
  return watched.bytes;
}

}  // namespace gyre::storage
