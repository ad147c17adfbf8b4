// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/key.h"
#include "core/storage/catalog.h"
#include "core/storage/change_record.h"
#include "core/storage/index_rows.h"
#include "core/storage/prefetched_item.h"
#include "core/storage/stored_item.h"

namespace gyre::storage {

/// A write that another region (or this one, earlier) decided, or an expiry: taken over with its version as
/// it is.
struct VersionedWrite {
  std::optional<std::string> image;  ///< canonical item encoding; absent = a delete
  Version version;
  VersionVector vector;  ///< already merged by the resolver
  Origin origin;         ///< of an expiry without a sequence: the record's own is filled in
  bool backfill = false;
  Audit audit = {};  ///< of its origin
};

/// The items of a WriteTransaction. Their indexes, change records and counts follow by themselves. A table
/// that is gone is empty, and takes no writes: kResourceNotFound.
class TransactionItems {
 public:
  /// What was read before the request was submitted saves read() a search, if it still holds.
  virtual void offer(PrefetchedItem prefetched) = 0;
  virtual Result<StoredItem> read(const TableEntry& table, const ItemKey& key) = 0;
  /// A local write: stamped by the region's clock, one change record. `image` is the canonical encoding and
  /// holds the key. An equal value is no write at all, or a `touch` if the table is replicated.
  virtual Status put(const TableEntry& table, const ItemKey& key, std::string image) = 0;
  /// A local delete. Of nothing: no write, unless the table is replicated and a newer tombstone is due.
  virtual Status erase(const TableEntry& table, const ItemKey& key) = 0;
  /// A write whose version is decided already. The caller resolved it against read().
  virtual Status put_version(const TableEntry& table, const ItemKey& key, VersionedWrite write) = 0;
  /// Only the header changes (vectors merged after a conflict that the stored value won); no change record.
  virtual Status put_vector(const TableEntry& table, const ItemKey& key, VersionVector merged) = 0;
  virtual void record_conflict(Conflict conflict) = 0;
  /// Puts the item at the key into an index of the table, unless it is there already or cannot be: for items
  /// that were there before the index. Writes keep indexes themselves. It is not counted.
  virtual Status add_to_index(const TableEntry& table, IndexId index, const ItemKey& key) = 0;
  /// All items are in the index, and that is flushed. `missing`: in its count.
  virtual void complete_index(TableId table, IndexId index, RowDelta missing) = 0;
  /// What this request, as staged so far, changes at the key in the indexes of the table: for the bill.
  virtual Result<std::vector<IndexWrite>> index_writes(const TableEntry& table, const ItemKey& key) = 0;

 protected:
  ~TransactionItems() = default;  // a part of its transaction
};

}  // namespace gyre::storage
