// SPDX-License-Identifier: Apache-2.0
#include "global-tables/digest.h"

#include <algorithm>
#include <string>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/storage/read_view.h"

namespace gyre::global_tables {
namespace {

constexpr int kBucketShift = 48;
static_assert(limits::kDigestBuckets == 1U << (64 - kBucketShift));

std::uint64_t pair_hash(const ItemKey& key, const Version& version) {
  std::string bytes;
  append_sized(bytes, key.partition);
  append_sized(bytes, key.sort);
  append_version(bytes, version);
  return hash64(bytes);
}

// Calls `visit(const ItemKey&, const Version&) -> Status` for the living items of a range.
template <class Visit>
Status for_each_item(storage::Store& store, const storage::TableEntry& table, const storage::ScanRange& range,
                     Visit&& visit) {
  ASSIGN_OR_RETURN(storage::TableScan items, store.reads().scan(range));
  for (; items.valid(); items.step()) {
    ASSIGN_OR_RETURN(const ItemKey key, items.key(table.schema.key_schema));
    ASSIGN_OR_RETURN(const Version version, items.version());
    RETURN_IF_ERROR(visit(key, version));
  }
  return items.status();
}

SequenceNumber newest_sequence(storage::Store& store, const storage::TableEntry& table) {
  SequenceNumber newest;
  for (const storage::ShardDescriptor& shard : table.shards) {
    newest = std::max(newest, shard.last_sequence);
    if (const auto head = store.writer().head(shard.id)) newest = std::max(newest, head->sequence);
  }
  return newest;
}

}  // namespace

Result<TableDigest> digest_table(storage::Store& store, const storage::TableEntry& table) {
  TableDigest digest;
  digest.buckets.assign(limits::kDigestBuckets, 0);
  digest.sequence = newest_sequence(store, table);
  RETURN_IF_ERROR(for_each_item(
      store, table, {.table = table.schema.id}, [&](const ItemKey& key, const Version& version) -> Status {
        digest.buckets[key.partition_hash >> kBucketShift] ^= pair_hash(key, version);
        ++digest.item_count;
        return {};
      }));
  std::string all;
  for (const std::uint64_t bucket : digest.buckets) append_u64_be(all, bucket);
  digest.root = hash64(all);
  return digest;
}

Result<std::vector<DigestItem>> digest_bucket(storage::Store& store, const storage::TableEntry& table,
                                              std::uint64_t bucket) {
  if (bucket >= limits::kDigestBuckets) return Error::validation("Bucket must be between 0 and 65535");
  const std::uint64_t first = bucket << kBucketShift;
  const std::uint64_t last = first | ((1ULL << kBucketShift) - 1);
  std::vector<DigestItem> items;
  RETURN_IF_ERROR(for_each_item(store, table,
                                {.table = table.schema.id, .hash_first = first, .hash_last = last},
                                [&](const ItemKey& key, const Version& version) -> Status {
                                  DigestItem item;
                                  ASSIGN_OR_RETURN(item.keys, key_attributes(table.schema.key_schema, key));
                                  item.version = version;
                                  items.push_back(std::move(item));
                                  return {};
                                }));
  return items;
}

}  // namespace gyre::global_tables
