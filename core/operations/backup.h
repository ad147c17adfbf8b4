// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/http/router.h"
#include "core/storage/local_backup.h"

namespace gyre::operations {

/// Adds Gyre.Backup {}: {Region, Directory, Frame, Sequence}: makes a copy of the region's store beside it,
/// which whoever asks moves to where he wants it, and has locked (flock) until then. It is made where the
/// region keeps its own files, since the API takes orders from anyone.
void add_backup_operation(http::Router& router, storage::LocalBackups& backups, const RegionId& region);

}  // namespace gyre::operations
