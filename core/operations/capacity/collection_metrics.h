// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/json_writer.h"
#include "core/model/key.h"
#include "core/model/table_schema.h"
#include "core/operations/requests/api_names.h"
#include "core/storage/read_view.h"

namespace gyre::operations {

/// `ReturnItemCollectionMetrics`: is SIZE asked for?
Result<bool> wants_collection_metrics(const RequestReader& request);

/// `SizeEstimateRangeGB`: whole gigabytes, below and above.
std::pair<std::uint64_t, std::uint64_t> size_range_gb(std::uint64_t bytes);

/// Tells of the item collections (collection_size.h) that a request wrote to. Lives while a reply is written;
/// refers to what it is given.
class CollectionMetrics {
 public:
  explicit CollectionMetrics(const storage::ReadView& reads) : reads_(reads) {}

  /// `table` is what the request calls the table. A second item of one collection adds nothing.
  void add(std::string_view table, const TableSchema& schema, const ItemKey& key);

  /// The member "ItemCollectionMetrics" of a reply about one item, if there is anything to show.
  Status write_one(json::Writer& writer) const;
  /// The same of a reply about many: lists by table.
  Status write_by_table(json::Writer& writer) const;

 private:
  struct Collection {
    const TableSchema* schema;
    const ItemKey* key;
  };
  struct Table {
    std::string_view name;
    std::vector<Collection> collections;
  };
  Status write(json::Writer& writer, const Collection& collection) const;

  const storage::ReadView& reads_;
  std::vector<Table> tables_;
};

}  // namespace gyre::operations
