// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/storage/stored_item.h"

namespace gyre::storage {

/// What stood at a row when `commits` batches were committed: read for a write before it is submitted, so
/// that the writer neither searches for the row nor waits for the disk. Good for as long as nothing has been
/// written there since, which the writer finds out (TransactionItems::offer).
struct PrefetchedItem {
  std::string row;
  StoredPointer item;
  std::uint64_t commits = 0;

  /// About what it holds in memory.
  std::size_t size_bytes() const { return row.size() + (item->image ? item->image->size() : 0); }
};

}  // namespace gyre::storage
