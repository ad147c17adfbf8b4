// SPDX-License-Identifier: Apache-2.0
#include "core/storage/local_home.h"

#include "core/base/log.h"
#include "core/files/local_folder.h"
#include "core/storage/local_backup.h"

namespace gyre::storage {

Result<StoreHome> open_local_home(const RocksdbOptions& options) {
  StoreHome home;
  ASSIGN_OR_RETURN(home.engine, open_rocksdb(options));
  ASSIGN_OR_RETURN(home.log, files::open_local_folder(options.directory + "/" + RocksdbOptions::kNeighbour));
  // Nobody else has the store now.
  const Status removed = remove_local_backup(options.directory);
  if (!removed.ok()) log_warning("backup: {}", removed.error().message);
  return home;
}

}  // namespace gyre::storage
