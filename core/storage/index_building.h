// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/storage/index_build.h"
#include "core/storage/store.h"
#include "core/storage/upkeep.h"

namespace gyre::storage {

/// Takes the steps of index_build.h: a round has one of each index that needs one, planned when its turn
/// comes. Follows the catalog.
std::unique_ptr<UpkeepJob> make_index_building(Store& store);

/// Takes one step, and waits: for the writer or, for kFlush, the disk.
Status carry_out(Store& store, const IndexStep& step);

}  // namespace gyre::storage
