// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/attribute_value.h"
#include "core/model/version.h"
#include "core/storage/store.h"

namespace gyre::global_tables {

/// What two regions compare to prove that a table has converged: for each of limits::kDigestBuckets hash
/// ranges of the partition key one hash over the living (key, version) pairs in it. Independent of order, of
/// tombstones and of anything that regions number on their own.
struct TableDigest {
  std::vector<std::uint64_t> buckets;  ///< 0 for an empty one
  std::uint64_t root = 0;              ///< over all buckets
  std::uint64_t item_count = 0;
  SequenceNumber sequence;  ///< the table had reached at least this sequence when it was read
};

/// Reads a whole table at one moment. Takes as long as reading it does: on the read pool.
Result<TableDigest> digest_table(storage::Store& store, const storage::TableEntry& table);

struct DigestItem {
  AttributeMap keys;
  Version version;
};
/// The living items of one bucket, in the order of their keys: where two digests differ. kValidation if there
/// is no such bucket.
Result<std::vector<DigestItem>> digest_bucket(storage::Store& store, const storage::TableEntry& table,
                                              std::uint64_t bucket);

}  // namespace gyre::global_tables
