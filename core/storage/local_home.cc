// SPDX-License-Identifier: Apache-2.0
#include "core/storage/local_home.h"

#include "core/files/local_folder.h"

namespace gyre::storage {

Result<StoreHome> open_local_home(const RocksdbOptions& options) {
  StoreHome home;
  ASSIGN_OR_RETURN(home.engine, open_rocksdb(options));
  ASSIGN_OR_RETURN(home.log, files::open_local_folder(options.directory + "/" + RocksdbOptions::kNeighbour));
  return home;
}

}  // namespace gyre::storage
