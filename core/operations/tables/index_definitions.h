// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/tables/capacity_settings.h"
#include "core/operations/tables/key_definitions.h"

namespace gyre::operations {

/// An index as a request defines it, checked against AWS's model only.
struct IndexDefinition {
  std::string name;
  bool local = false;
  std::vector<KeyElement> keys;
  std::optional<ProjectionType> projection;
  std::optional<std::vector<std::string>> non_key_attributes;
  CapacityRequest capacity;
};

/// One structure of `LocalSecondaryIndexes`, `GlobalSecondaryIndexes` or a `Create`.
Result<IndexDefinition> read_index_definition(const RequestReader& element, bool local);
/// `LocalSecondaryIndexes` or `GlobalSecondaryIndexes`, if there.
Result<std::optional<std::vector<IndexDefinition>>> read_index_definitions(const RequestReader& request,
                                                                           bool local);

/// The index, with its keys and projection checked: kValidation, in AWS's words. It has no id and no capacity
/// yet.
Result<IndexSchema> resolve_index(const IndexDefinition& index, const KeySchema& table,
                                  const std::vector<KeyAttribute>& definitions);

/// What CreateTable says of keys.
struct TableKeyDefinitions {
  std::vector<KeyAttribute> definitions;
  std::vector<KeyElement> elements;
  std::optional<std::vector<IndexDefinition>> local;
  std::optional<std::vector<IndexDefinition>> global;
};
/// Sets keys and indexes of a new table: kValidation, in AWS's words and order; kLimitExceeded if an index
/// would have too much capacity. Needs the table's billing mode.
Status resolve_table_keys(const TableKeyDefinitions& keys, const RegionId& region, TableSchema& table);

/// kValidation if all indexes of the table together name more attributes than they may.
Status check_projected_attributes(const std::vector<IndexSchema>& indexes);

}  // namespace gyre::operations
