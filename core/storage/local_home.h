// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/storage/store.h"

namespace gyre::storage {

/// A store on this machine's disk: RocksDB's files in the directory, the log's in its folder `log`. As
/// open_rocksdb, which also sees to it that nobody else opens it.
Result<StoreHome> open_local_home(const RocksdbOptions& options);

}  // namespace gyre::storage
