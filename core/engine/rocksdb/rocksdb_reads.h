// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string_view>

#include "core/engine/engine.h"

namespace gyre::storage {

// What reading RocksDB takes; of this folder alone.

inline rocksdb::Slice to_slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}
inline std::string_view to_view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}
Error to_error(const rocksdb::Status& status);
/// Of a read that must not wait for the disk: kIncomplete.
Error not_in_memory();

/// Lives no longer than its database.
class RocksdbSnapshot final : public Snapshot {
 public:
  explicit RocksdbSnapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
  ~RocksdbSnapshot() override { db_.ReleaseSnapshot(snapshot_); }
  RocksdbSnapshot(const RocksdbSnapshot&) = delete;
  RocksdbSnapshot& operator=(const RocksdbSnapshot&) = delete;
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

/// Lives no longer than its database and its snapshot.
std::unique_ptr<Iterator> make_iterator(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family,
                                        const IterateOptions& options);

}  // namespace gyre::storage
