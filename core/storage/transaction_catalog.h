// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/log/log_options.h"
#include "core/storage/catalog.h"

namespace gyre::storage {

/// The catalog of a WriteTransaction: each change is a row, a record in the catalog shard, and a new
/// snapshot, which the rest of the request and of the batch sees.
class TransactionCatalog {
 public:
  /// As this request has changed it so far. Until the next change.
  virtual const CatalogSnapshot& snapshot() const = 0;
  TablePointer find(std::string_view name) const { return snapshot().find(name); }
  TablePointer find(TableId id) const { return snapshot().find(id); }
  TablePointer find_by_shard(ShardId id) const { return snapshot().find_by_shard(id); }

  /// Creates or replaces a table. A new one (unknown id) gets its first shards, labelled with its enabled
  /// stream. An index that is not in `schema` any more loses its entries.
  virtual Status put_table(TableSchema schema) = 0;
  /// Marks it deleted, removes its items and index entries, closes its shards; they stay readable until they
  /// are trimmed.
  virtual Status drop_table(TableId id) = 0;
  /// Closes the table's open shards and opens one child each, shown by `stream_label`.
  virtual Status roll_shards(TableId id, const std::string& stream_label) = 0;
  /// Forgets a closed shard; its records leave with the log's segments. With the last shard of a deleted
  /// table the table is forgotten too.
  virtual Status trim_shard(ShardId shard) = 0;
  /// The last record of a shard leaves the log: where it had come to stays known. Of a shard that is not
  /// known any more: nothing.
  virtual void keep_head(ShardId shard, const log::ShardHead& head) = 0;
  /// Tells those who follow the catalog shard what another room has to say to them.
  virtual void announce(RoomMessage message) = 0;
  virtual TableId new_table_id() = 0;
  virtual IndexId new_index_id() = 0;

 protected:
  ~TransactionCatalog() = default;  // a part of its transaction
};

}  // namespace gyre::storage
