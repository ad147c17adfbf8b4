// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/base/limits.h"
#include "core/storage/expiry_rows.h"
#include "core/storage/item_cache.h"
#include "core/storage/partition_cache.h"

namespace gyre::storage {

/// What a store keeps in memory of what is committed, beside its engine: read by all threads, and kept right
/// by the writer.
struct StoreMemory {
  /// Bytes, about.
  struct Sizes {
    std::size_t items = limits::kItemCacheBytesMax;
    std::size_t partitions = limits::kPartitionCacheBytesMax;
    std::size_t records = limits::kRecentRecordsBytesMax;
  };

  explicit StoreMemory(const Sizes& sizes) : items(sizes.items), partitions(sizes.partitions) {}

  ItemCache items;
  PartitionCache partitions;
  NewExpiryRows expiry;
};

}  // namespace gyre::storage
