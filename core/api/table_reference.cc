// SPDX-License-Identifier: Apache-2.0
#include "core/api/table_reference.h"

#include <fmt/core.h>

#include "core/api/arn.h"
#include "core/api/names.h"
#include "core/base/limits.h"

namespace gyre::api {
namespace {

Error characters_error(std::string_view name, std::string_view member) {
  return constraint_error(name, member,
                          fmt::format("Member must satisfy regular expression pattern: {}", kNamePattern));
}

Status check_length(std::string_view name, std::string_view member) {
  if (name.size() < limits::kNameBytesMin) {
    return constraint_error(name, member, "Member must have length greater than or equal to 3");
  }
  if (name.size() > limits::kNameBytesMax) {
    return constraint_error(name, member, "Member must have length less than or equal to 255");
  }
  return {};
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

constexpr std::string_view kTableNamePath = "tableName";  // of a member of the request itself

bool is_table_name(std::string_view name) {
  return name.size() >= limits::kNameBytesMin && name.size() <= limits::kNameBytesMax &&
         has_name_characters(name);
}

/// `path()`: where the name is, for messages.
template <class Path>
Result<TableReference> parse_table(std::string_view text, const RegionId& region, const Path& path) {
  if (text.empty()) {
    Error refusal = constraint_error(text, path(), kNotEmpty);
    return path() == kTableNamePath ? member_error("TableName", kNotEmpty, refusal) : refusal;
  }
  TableReference table{std::string(text), std::string(text)};
  if (is_arn(text)) {
    ASSIGN_OR_RETURN(table.name, table_name_of_arn(text, region));
  }
  if (!is_table_name(table.name)) RETURN_IF_ERROR(check_table_name(table.name, path()));
  return table;
}

}  // namespace

Status check_table_name(std::string_view name, std::string_view member) {
  RETURN_IF_ERROR(check_length(name, member));
  if (!has_name_characters(name)) return characters_error(name, member);
  return {};
}

Result<TableReference> parse_item_table(std::string_view text, const RegionId& region) {
  return parse_table(text, region, [] { return kTableNamePath; });
}

Result<TableReference> read_item_table(const RequestReader& request, const RegionId& region) {
  ASSIGN_OR_RETURN(const std::string_view text, request.required_string("TableName"));
  return parse_table(text, region, [&] { return request.path_of("TableName"); });
}

Result<TableReference> read_control_table(const RequestReader& request, const RegionId& region) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> text, request.string("TableName"));
  if (!text)
    return Error::validation("The parameter 'TableName' is required but was not present in the request");
  TableReference table{std::string(*text), std::string(*text)};
  if (is_arn(*text)) {
    ASSIGN_OR_RETURN(table.name, table_name_of_arn(*text, region));
  }
  if (table.name.size() < limits::kNameBytesMin || table.name.size() > limits::kNameBytesMax) {
    return Error::validation("TableName must be at least 3 characters long and at most 255 characters long");
  }
  if (!has_name_characters(table.name)) return characters_error(table.name, "tableName");
  return table;
}

Result<std::string> read_index_name(const RequestReader& element) {
  ASSIGN_OR_RETURN(const std::string_view name, element.required_string("IndexName"));
  const std::string path = element.path_of("IndexName");
  if (name.empty() || !has_name_characters(name)) return characters_error(name, path);
  RETURN_IF_ERROR(check_length(name, path));
  return std::string(name);
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

}  // namespace gyre::api
