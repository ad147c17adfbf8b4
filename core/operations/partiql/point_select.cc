// SPDX-License-Identifier: Apache-2.0
#include "core/operations/partiql/point_select.h"

#include <utility>

#include "core/operations/partiql/statement_read.h"
#include "core/partiql/access_path.h"
#include "core/partiql/key_equality.h"

namespace gyre::operations {

Result<PointSelect> plan_point_select(PreparedStatement statement, const RegionId& region,
                                      const storage::CatalogSnapshot& catalog, std::string_view refusal) {
  ASSIGN_OR_RETURN(const TableReference reference, statement_table(statement.bound, region));
  auto& select = std::get<partiql::BoundSelect>(statement.bound);
  PointSelect point;
  ASSIGN_OR_RETURN(point.table, find_item_table(catalog, reference.name));
  if (select.source.index) {
    const IndexSchema* index = point.table->schema.find_index(*select.source.index);
    if (index != nullptr) RETURN_IF_ERROR(check_single_keys(*index));
    return Error::validation(std::string(refusal));
  }
  const KeySchema& schema = point.table->schema.key_schema;
  std::optional<AttributeMap> key = partiql::sole_key(select.where, schema);
  if (!key || !select.order.empty()) {
    // What is wrong with the clause by itself is reported first.
    const auto path = partiql::find_access_path(select.where, select.order, key_attributes_of(schema));
    return path.ok() ? Error::validation(std::string(refusal)) : path.error();
  }
  point.key = *std::move(key);
  point.columns = std::move(select.columns);
  return point;
}

}  // namespace gyre::operations
