// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/model/table_schema.h"
#include "core/storage/table_counts.h"

namespace gyre::operations {

/// What a reply says of a table that the schema does not.
struct TableView {
  /// May differ from the schema's: a table of Gyre is usable at once, yet CreateTable answers CREATING,
  /// UpdateTable UPDATING and DeleteTable DELETING, as on AWS, so that programs learn to wait as they must
  /// there; DescribeTable answers what is: ACTIVE. While a table is CREATING or DELETING, so are its indexes.
  /// Of one that is DELETING, AWS shows neither keys nor their types nor when it was created.
  TableStatus status;
  std::optional<storage::TableCounts> counts = {};  ///< absent: the reply does not show them
  // What takes time and has begun: raising warm throughput, of the table and of indexes, and encrypting anew.
  bool table_warms = false;
  bool encryption_changes = false;
  std::set<std::string> warming_indexes = {};
};

/// {"`member`": TableDescription}: `Table` of DescribeTable, `TableDescription` of the others.
std::string table_reply(std::string_view member, const TableSchema& table, const RegionId& self,
                        const TableView& view);

}  // namespace gyre::operations
