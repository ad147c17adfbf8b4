// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "core/storage/catalog.h"

namespace gyre::storage {

/// The outcome of one change of the catalog: the tables afterwards, and what is to be written and told, in
/// order.
struct CatalogEdit {
  CatalogSnapshot after;
  std::vector<CatalogChange> changes;
};

/// What new and closed shards are stamped with.
struct ShardStamps {
  std::uint64_t now_ms = 0;
  SequenceNumber next_sequence;            ///< no record of a new shard comes before it
  std::function<ShardId()> next_shard_id;  ///< strictly increasing
};

// Pure. The last record of a shard that closes is not known here: the batch builder fills it in.

/// kResourceInUse if another living table has the name, kResourceNotFound if the table was deleted.
Result<CatalogEdit> edit_put_table(const CatalogSnapshot& before, TableSchema schema,
                                   const ShardStamps& stamps);
Result<CatalogEdit> edit_drop_table(const CatalogSnapshot& before, TableId id, const ShardStamps& stamps);
Result<CatalogEdit> edit_roll_shards(const CatalogSnapshot& before, TableId id,
                                     const std::string& stream_label, const ShardStamps& stamps);
/// kValidation if the shard is open.
Result<CatalogEdit> edit_trim_shard(const CatalogSnapshot& before, ShardId shard);

}  // namespace gyre::storage
