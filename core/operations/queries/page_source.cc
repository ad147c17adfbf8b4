// SPDX-License-Identifier: Apache-2.0
#include "core/operations/queries/page_source.h"

#include <fmt/core.h>

#include <set>

#include "core/base/hash.h"
#include "core/json/attribute_json.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kInvalidStart = "The provided starting key is invalid";

Status append_values(std::string& tuple, std::span<const KeyAttribute> attributes, const AttributeMap& key) {
  for (const KeyAttribute& attribute : attributes) {
    const AttributeValue* value = key.find(attribute.name);
    if (value == nullptr) return Error::validation(std::string(kInvalidStart));
    if (attribute_type_name(value->type()) != scalar_type_name(attribute.type)) {
      return Error::validation("The provided key element does not match the schema");
    }
    append_key_value(tuple, *value);
  }
  return {};
}

// As many attributes as keys of index and table have names.
std::size_t count_names(const PageSource& source) {
  std::set<std::string_view> names;
  for (const KeyAttributes& keys : {source.keys(), key_attributes_of(source.table->schema.key_schema)}) {
    for (const KeyAttribute& attribute : keys.partition) names.insert(attribute.name);
    for (const KeyAttribute& attribute : keys.sort) names.insert(attribute.name);
  }
  return names.size();
}

Result<std::string> start_row(const PageSource& source, const AttributeMap& start) {
  const TableSchema& table = source.table->schema;
  if (start.size() != count_names(source)) return Error::validation(std::string(kInvalidStart));
  ItemKey index_key;
  if (source.index != nullptr) {
    RETURN_IF_ERROR(append_values(index_key.partition, source.index->partition, start));
    RETURN_IF_ERROR(append_values(index_key.sort, source.index->sort, start));
    index_key.partition_hash = hash64(index_key.partition);
  }
  AttributeMap item_attributes;
  for (const Attribute& attribute : start) {
    const KeySchema& keys = table.key_schema;
    if (attribute.name == keys.partition.name || (keys.sort && attribute.name == keys.sort->name)) {
      item_attributes.set(attribute.name, attribute.value);
    }
  }
  const Result<ItemKey> item = item_key(table.key_schema, item_attributes, true);
  if (!item.ok()) return Error::validation(fmt::format("{}: {}", kInvalidStart, item.error().message));
  return source.place_of(index_key, *item);
}

}  // namespace

std::vector<std::string> PageSource::key_names() const {
  std::vector<std::string> names;
  for (const KeyAttributes& of : {keys(), key_attributes_of(table->schema.key_schema)}) {
    add_names(of.partition, names);
    add_names(of.sort, names);
  }
  return names;
}

Intent PageSource::intent(std::string_view action) const {
  const std::string& name = table->schema.name;
  return {action, index != nullptr ? Resource::of_index(name, index->name) : Resource::of_table(name)};
}

std::vector<std::string> PageSource::leading_keys(const RowRange& rows) const {
  return operations::leading_keys(partition_key(rows), keys().partition);
}

RowRange PageSource::rows_of(const expressions::KeyCondition& condition) const {
  return partition_rows(condition.partition, condition.sort_lower, condition.sort_upper);
}

Result<std::optional<std::string>> read_index_parameter(const RequestReader& request) {
  if (!request.has("IndexName")) return std::optional<std::string>();
  ASSIGN_OR_RETURN(std::string name, read_index_name(request));
  return std::optional(std::move(name));
}

Result<PageSource> find_page_source(const RequestReader& request, storage::TablePointer table,
                                    const std::optional<std::string>& index_name, bool consistent) {
  PageSource source;
  source.table = std::move(table);
  if (!index_name) return source;
  source.index = source.table->schema.find_index(*index_name);
  if (source.index == nullptr || source.index->status == IndexStatus::kDeleting) {
    if (request.has("ExclusiveStartKey")) return Error::validation(std::string(kInvalidStart));
    return Error::validation("The table does not have the specified index: " + *index_name);
  }
  if (consistent && !source.index->local) {
    return Error::validation("Consistent reads are not supported on global secondary indexes");
  }
  if (source.index->status == IndexStatus::kCreating) {
    return Error::validation("Cannot read from backfilling global secondary index: " + *index_name);
  }
  return source;
}

Result<std::optional<std::string>> read_start_row(const RequestReader& request, const PageSource& source) {
  ASSIGN_OR_RETURN(const std::optional<RequestReader> start,
                   request.map("ExclusiveStartKey", kAttributeValueType));
  if (!start) return std::optional<std::string>();
  Result<AttributeMap> attributes = json::read_attribute_map(start->object());
  if (!attributes.ok()) {
    if (attributes.error().code != ErrorCode::kValidation) return attributes.error();
    std::string older = fmt::format("{}: {}", kInvalidStart, attributes.error().older_words());
    return std::move(attributes).error().or_in_older_words(std::move(older));
  }
  ASSIGN_OR_RETURN(std::string row, start_row(source, *attributes));
  return std::optional(std::move(row));
}

}  // namespace gyre::operations
