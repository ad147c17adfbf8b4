// SPDX-License-Identifier: Apache-2.0
#include "core/operations/table_reference.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/operations/arn.h"

namespace gyre::operations {
namespace {

constexpr std::size_t kNameBytesMin = 3;
constexpr std::size_t kNameBytesMax = 255;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-';
}

Status check_characters(std::string_view name, std::string_view member) {
  if (std::all_of(name.begin(), name.end(), is_name_character)) return {};
  return constraint_error(name, member, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
}

Error not_found() {
  return Error::resource_not_found("Requested resource not found");
}

Result<storage::TablePointer> ready_for_items(storage::TablePointer table) {
  if (!table || table->schema.deleted_ms) return not_found();
  const TableStatus status = table->schema.status;
  if (status == TableStatus::kCreating || status == TableStatus::kDeleting) return not_found();
  return table;
}

}  // namespace

Status check_table_name(std::string_view name, std::string_view member) {
  if (name.size() < kNameBytesMin) {
    return constraint_error(name, member, "Member must have length greater than or equal to 3");
  }
  if (name.size() > kNameBytesMax) {
    return constraint_error(name, member, "Member must have length less than or equal to 255");
  }
  return check_characters(name, member);
}

Result<TableReference> parse_item_table(std::string_view text, const RegionId& region) {
  if (text.empty()) return empty_member_error("TableName");
  TableReference table{std::string(text), std::string(text)};
  if (is_arn(text)) {
    ASSIGN_OR_RETURN(table.name, table_name_of_arn(text, region));
  }
  RETURN_IF_ERROR(check_table_name(table.name, "tableName"));
  return table;
}

Result<TableReference> read_item_table(const RequestReader& request, const RegionId& region) {
  ASSIGN_OR_RETURN(const std::string_view text, request.required_string("TableName"));
  return parse_item_table(text, region);
}

Result<TableReference> read_control_table(const RequestReader& request, const RegionId& region) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> text, request.string("TableName"));
  if (!text)
    return Error::validation("The parameter 'TableName' is required but was not present in the request");
  TableReference table{std::string(*text), std::string(*text)};
  if (is_arn(*text)) {
    ASSIGN_OR_RETURN(table.name, table_name_of_arn(*text, region));
  }
  if (table.name.size() < kNameBytesMin || table.name.size() > kNameBytesMax) {
    return Error::validation("TableName must be at least 3 characters long and at most 255 characters long");
  }
  RETURN_IF_ERROR(check_characters(table.name, "tableName"));
  return table;
}

Result<storage::TablePointer> find_item_table(const storage::CatalogSnapshot& catalog,
                                              std::string_view name) {
  return ready_for_items(catalog.find(name));
}

Result<storage::TablePointer> find_item_table(const storage::CatalogSnapshot& catalog, TableId id) {
  return ready_for_items(catalog.find(id));
}

Result<storage::TablePointer> find_control_table(const storage::CatalogSnapshot& catalog,
                                                 std::string_view name) {
  storage::TablePointer table = catalog.find(name);
  if (!table)
    return Error::resource_not_found(fmt::format("Requested resource not found: Table: {} not found", name));
  return table;
}

}  // namespace gyre::operations
