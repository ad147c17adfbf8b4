// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/operations/partiql/prepared_statement.h"
#include "core/partiql/columns.h"
#include "core/storage/catalog.h"

namespace gyre::operations {

/// A SELECT of one item by its key: all that batches and transactions read.
struct PointSelect {
  storage::TablePointer table;
  AttributeMap key;  ///< of the attributes of the table's key, but perhaps of other types
  std::optional<partiql::Columns> columns;
};

/// kResourceNotFound; kValidation with `refusal` if the WHERE clause is not just the key.
Result<PointSelect> plan_point_select(PreparedStatement statement, const RegionId& region,
                                      const storage::CatalogSnapshot& catalog, std::string_view refusal);

}  // namespace gyre::operations
