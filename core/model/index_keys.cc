// SPDX-License-Identifier: Apache-2.0
#include "core/model/index_keys.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/base/limits.h"

namespace gyre {
namespace {

bool has_type(const AttributeValue& value, ScalarType type) {
  return attribute_type_name(value.type()) == scalar_type_name(type);
}

// The bytes that DynamoDB's limits count: none of a number, which cannot grow past them.
std::size_t bytes_counted(const AttributeValue& value) {
  if (value.is(AttributeType::kString)) return value.as_string().size();
  if (value.is(AttributeType::kBinary)) return value.as_binary().size();
  return 0;
}

bool is_empty(const AttributeValue& value) {
  return !value.is(AttributeType::kNumber) && bytes_counted(value) == 0;
}

// Appends the tuple; false if the item does not have all of it, or it is too long.
Result<bool> append_tuple(std::string& out, const std::vector<KeyAttribute>& attributes,
                          std::size_t bytes_max, const FindAttribute& find) {
  std::size_t bytes = 0;
  for (const KeyAttribute& attribute : attributes) {
    ASSIGN_OR_RETURN(const std::optional<AttributeValue> value, find(attribute.name));
    if (!value || !has_type(*value, attribute.type) || is_empty(*value)) return false;
    bytes += bytes_counted(*value);
    append_key_value(out, *value);
  }
  return bytes <= bytes_max;
}

std::vector<const IndexSchema*> by_name(const std::vector<IndexSchema>& indexes) {
  std::vector<const IndexSchema*> sorted;
  for (const IndexSchema& index : indexes) {
    if (index.status != IndexStatus::kDeleting) sorted.push_back(&index);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const IndexSchema* a, const IndexSchema* b) { return a->name < b->name; });
  return sorted;
}

Error type_mismatch(const IndexSchema& index, const KeyAttribute& wanted, const AttributeValue& value) {
  return Error::validation("One or more parameter values were invalid: Type mismatch for Index Key " +
                           wanted.name + " Expected: " + std::string(scalar_type_name(wanted.type)) +
                           " Actual: " + std::string(attribute_type_name(value.type())) +
                           " IndexName: " + index.name);
}

std::string empty_text(const KeyAttribute& wanted) {
  return std::string("The AttributeValue for a key attribute cannot contain an empty ") +
         (wanted.type == ScalarType::kBinary ? "binary" : "string") + " value.";
}

// What a client's write may say of one attribute: `before` is null for a whole item.
Status check_attribute(const IndexSchema& index, const KeyAttribute& wanted, const Item* before,
                       const AttributeValue& value) {
  const AttributeValue* old = before == nullptr ? nullptr : before->find(wanted.name);
  if (old != nullptr && *old == value) return {};
  if (!has_type(value, wanted.type)) return type_mismatch(index, wanted, value);
  if (!is_empty(value)) return {};
  if (before != nullptr) {
    return Error::validation(
        "One or more parameter values are not valid. The update expression attempted to update a secondary "
        "index "
        "key to a value that is not supported. " +
        empty_text(wanted));
  }
  return Error::validation(
      "One or more parameter values are not valid. A value specified for a secondary index key is not "
      "supported. " +
      empty_text(wanted) + " IndexName: " + index.name + ", IndexKey: " + wanted.name);
}

constexpr std::string_view kUpdatedTooLong =
    "The update expression attempted to update the secondary index key beyond allowed size limits";

Status check_tuple(const IndexSchema& index, const std::vector<KeyAttribute>& attributes, const Item* before,
                   const Item& item, std::size_t bytes_max, std::string_view too_long) {
  std::size_t bytes = 0;
  bool changed = before == nullptr;
  for (const KeyAttribute& wanted : attributes) {
    const AttributeValue* value = item.find(wanted.name);
    if (value == nullptr) continue;
    RETURN_IF_ERROR(check_attribute(index, wanted, before, *value));
    bytes += bytes_counted(*value);
    if (before == nullptr) continue;
    const AttributeValue* old = before->find(wanted.name);
    changed = changed || old == nullptr || *old != *value;
  }
  if (changed && bytes > bytes_max) return Error::validation(std::string(too_long));
  return {};
}

Status check(const TableSchema& table, const Item* before, const Item& item) {
  if (table.indexes.empty()) return {};
  for (const IndexSchema* index : by_name(table.indexes)) {
    RETURN_IF_ERROR(check_tuple(*index, index->partition, before, item, limits::kPartitionKeyBytesMax,
                                before == nullptr ? kPartitionKeyTooLong : kUpdatedTooLong));
    RETURN_IF_ERROR(check_tuple(*index, index->sort, before, item, limits::kSortKeyBytesMax,
                                before == nullptr ? kSortKeyTooLong : kUpdatedTooLong));
  }
  return {};
}

}  // namespace

Result<std::optional<ItemKey>> index_key(const IndexSchema& index, const FindAttribute& find) {
  ItemKey key;
  ASSIGN_OR_RETURN(const bool has_partition,
                   append_tuple(key.partition, index.partition, limits::kPartitionKeyBytesMax, find));
  if (!has_partition) return std::optional<ItemKey>();
  ASSIGN_OR_RETURN(const bool has_sort, append_tuple(key.sort, index.sort, limits::kSortKeyBytesMax, find));
  if (!has_sort) return std::optional<ItemKey>();
  key.partition_hash = hash64(key.partition);
  return std::optional(std::move(key));
}

bool is_projected(const IndexSchema& index, const KeySchema& schema, std::string_view attribute) {
  if (index.projection == ProjectionType::kAll || attribute == schema.partition.name ||
      (schema.sort && attribute == schema.sort->name)) {
    return true;
  }
  const auto named = [&](const KeyAttribute& key) { return key.name == attribute; };
  return std::any_of(index.partition.begin(), index.partition.end(), named) ||
         std::any_of(index.sort.begin(), index.sort.end(), named) ||
         std::find(index.non_key_attributes.begin(), index.non_key_attributes.end(), attribute) !=
             index.non_key_attributes.end();
}

Status check_index_keys(const TableSchema& table, const Item& item) {
  return check(table, nullptr, item);
}

Status check_updated_index_keys(const TableSchema& table, const Item& before, const Item& after) {
  return check(table, &before, after);
}

}  // namespace gyre
