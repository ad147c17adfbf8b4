// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/api/request_reader.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/storage/catalog.h"

namespace gyre::api {

/// The table that a request names. `text` is what the caller wrote, a name or an ARN: replies that name the
/// table repeat it.
struct TableReference {
  std::string name;
  std::string text;
};

/// kValidation, in the words of `member`, for what can be no table's name.
Status check_table_name(std::string_view name, std::string_view member);

// AWS's two halves word the same mistakes differently.

/// `TableName` of an item operation, or a table's name anywhere else in one.
Result<TableReference> parse_item_table(std::string_view text, const RegionId& region);
Result<TableReference> read_item_table(const RequestReader& request, const RegionId& region);
/// `TableName` of an operation on tables.
Result<TableReference> read_control_table(const RequestReader& request, const RegionId& region);

/// `IndexName` of an index, or of a request that works on one.
Result<std::string> read_index_name(const RequestReader& element);

/// The living table, ready for items: kResourceNotFound if there is none or while it is a replica being made
/// or removed.
Result<storage::TablePointer> find_item_table(const storage::CatalogSnapshot& catalog, std::string_view name);
/// The same for a table found before: the one that the request was checked against may have been deleted
/// since.
Result<storage::TablePointer> find_item_table(const storage::CatalogSnapshot& catalog, TableId id);
/// Any living table: kResourceNotFound.
Result<storage::TablePointer> find_control_table(const storage::CatalogSnapshot& catalog,
                                                 std::string_view name);

}  // namespace gyre::api
