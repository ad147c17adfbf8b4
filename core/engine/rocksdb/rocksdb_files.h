// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/rocksdb/store_lock.h"

namespace gyre::storage {

// How the files of a store are opened, and with which options; of this folder alone.

// Rows go to the disk together, by flush_is_due(): no family goes earlier on its own account.
inline constexpr std::size_t kMemtablesPerFlush = 4;

/// Whoever has it closes the families, and then the database.
struct OpenFiles {
  StoreLock lock;                     // first: all files are closed when it goes
  std::unique_ptr<rocksdb::Env> env;  // of a file system of the caller's; nullptr = the machine's
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  ///< in the order of kFamilies
  bool low_on_space = false;                           ///< nothing is compacted
};
/// As open_rocksdb().
Result<OpenFiles> open_files(const RocksdbOptions& options);

/// 0: nobody knows.
std::uint64_t free_bytes_of(const std::string& directory);

}  // namespace gyre::storage
