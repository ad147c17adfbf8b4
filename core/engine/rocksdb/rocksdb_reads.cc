// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rocksdb/rocksdb_reads.h"

#include <string>

#include "core/base/work.h"
#include "core/engine/rocksdb/page_cache_reads.h"

namespace gyre::storage {
namespace {

// What an iterator copies out of files, at most, on a thread that must not be held up.
constexpr std::size_t kMemoryReadBytesMax = 2 * 1024 * 1024;

class RocksdbIterator final : public Iterator {
 public:
  RocksdbIterator(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const IterateOptions& options)
      : lower_(options.lower),
        upper_(options.upper),
        lower_slice_(lower_),
        upper_slice_(upper_),
        memory_only_(options.tier == ReadTier::kCache) {
    rocksdb::ReadOptions read;
    if (!lower_.empty()) read.iterate_lower_bound = &lower_slice_;
    if (!upper_.empty()) read.iterate_upper_bound = &upper_slice_;
    if (options.snapshot) read.snapshot = static_cast<const RocksdbSnapshot*>(options.snapshot)->get();
    read.max_skippable_internal_keys = options.skipped_rows_max;
    if (options.readahead_bytes > 0) {
      read.readahead_size = options.readahead_bytes;
      read.fill_cache = false;
    }
    const TableReads reads(memory_only_);
    iterator_.reset(db.NewIterator(read, family));
    watch(reads);
  }

  void seek(std::string_view key) override {
    step([&] { iterator_->Seek(to_slice(key)); });
  }
  void seek_for_prev(std::string_view key) override {
    step([&] { iterator_->SeekForPrev(to_slice(key)); });
  }
  void seek_to_first() override {
    step([&] { iterator_->SeekToFirst(); });
  }
  void seek_to_last() override {
    step([&] { iterator_->SeekToLast(); });
  }
  bool valid() const override { return !failed_ && iterator_->Valid(); }
  void next() override {
    step([&] { iterator_->Next(); });
  }
  void prev() override {
    step([&] { iterator_->Prev(); });
  }
  std::string_view key() const override { return to_view(iterator_->key()); }
  std::string_view value() const override { return to_view(iterator_->value()); }
  Status status() const override {
    if (failed_ && memory_only_) return not_in_memory();
    const rocksdb::Status status = iterator_->status();
    if (status.IsIncomplete()) return too_much_work();
    if (!status.ok()) return to_error(status);
    if (failed_) return Error::internal("storage: a table could not be read");
    return {};
  }

 private:
  // After a failed read nothing more is done: RocksDB may have lost its place.
  template <class Step>
  void step(Step&& take) {
    if (failed_) return;
    const TableReads reads(memory_only_);
    take();
    watch(reads);
  }
  void watch(const TableReads& reads) {
    bytes_ += reads.bytes();
    failed_ = reads.failed() || (memory_only_ && bytes_ > kMemoryReadBytesMax);
  }

  std::string lower_, upper_;
  rocksdb::Slice lower_slice_, upper_slice_;  // RocksDB keeps pointers to them
  const bool memory_only_;
  bool failed_ = false;
  std::size_t bytes_ = 0;  // read of files
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

Error not_in_memory() {
  return {ErrorCode::kIncomplete, "not in memory"};
}

Error to_error(const rocksdb::Status& status) {
  if (status.IsCorruption()) return Error::corruption("storage: " + status.ToString());
  return Error::internal("storage: " + status.ToString());
}

std::unique_ptr<Iterator> make_iterator(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family,
                                        const IterateOptions& options) {
  return std::make_unique<RocksdbIterator>(db, family, options);
}

}  // namespace gyre::storage
