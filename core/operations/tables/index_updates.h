// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/tables/index_definitions.h"

namespace gyre::operations {

/// One element of `GlobalSecondaryIndexUpdates`: exactly one of the three is there.
struct IndexUpdate {
  struct Change {
    std::string name;
    CapacityRequest capacity;
  };
  std::optional<IndexDefinition> create;
  std::optional<Change> update;
  std::optional<std::string> remove;

  const std::string& name() const { return create ? create->name : update ? update->name : *remove; }
};

/// What one UpdateTable asks of the global indexes.
struct IndexUpdates {
  std::vector<KeyAttribute> definitions;  ///< `AttributeDefinitions`, which are for new indexes alone
  std::optional<std::vector<IndexUpdate>> updates;

  /// An empty list asks for nothing.
  bool any() const { return updates && !updates->empty(); }
  bool creates_or_deletes() const;
};

/// Reads `AttributeDefinitions` and `GlobalSecondaryIndexUpdates`; whether they make sense is for
/// check_index_updates.
Result<IndexUpdates> read_index_updates(const RequestReader& request);
/// kValidation if an element asks for nothing, for two things, for an index that another one asks for, or for
/// a warm throughput that it does not name.
Status check_index_updates(const IndexUpdates& updates);

/// Pure: changes the indexes of a table whose other changes are done already. `before` is the table without
/// any of them. New indexes are CREATING and have no id yet; those that go are DELETING. Errors are AWS's:
/// kValidation, kResourceNotFound, kResourceInUse while an index is busy, kLimitExceeded if more than one
/// would be created or deleted at a time.
Status apply_index_updates(const IndexUpdates& updates, const TableSchema& before, const RegionId& region,
                           std::uint64_t now_ms, TableSchema& table);

/// kResourceInUse while an index that is made room for, or deleted, stands in the way of a change of
/// `ProvisionedThroughput` or `BillingMode`.
Status check_indexes_allow_throughput(const TableSchema& table);
/// The same for a change of the table's `OnDemandThroughput`.
Status check_indexes_allow_caps(const TableSchema& table);
/// The same for a change of the stream.
Status check_indexes_allow_stream(const TableSchema& table);

}  // namespace gyre::operations
