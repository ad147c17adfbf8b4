// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/index_definitions.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "core/base/limits.h"
#include "core/json/typed_read.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {
namespace {

using Definitions = std::vector<KeyAttribute>;
using Indexes = std::optional<std::vector<IndexDefinition>>;

// --- from the request ---

Result<std::vector<std::string>> read_non_key_attributes(const json::Value& list, const std::string& path) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(list.for_each_element([&](const json::Value& element) -> Status {
    ASSIGN_OR_RETURN(const std::string_view name, json::read_string(element));
    const std::string member = fmt::format("{}.{}.member", path, names.size() + 1);
    if (name.empty())
      return constraint_error("", member, "Member must have length greater than or equal to 1");
    if (name.size() > limits::kKeyNameBytesMax) {
      return constraint_error(name, member, "Member must have length less than or equal to 255");
    }
    names.emplace_back(name);
    return {};
  }));
  if (names.empty())
    return constraint_error("[]", path, "Member must have length greater than or equal to 1");
  if (names.size() > limits::kNonKeyAttributesMax) {
    std::string joined;
    for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
    return constraint_error(
        fmt::format("[{}]", joined), path,
        fmt::format("Member must have length less than or equal to {}", limits::kNonKeyAttributesMax));
  }
  return names;
}

Status read_projection_into(const RequestReader& element, IndexDefinition& index) {
  constexpr std::array<std::string_view, 3> kTypes = {"ALL", "INCLUDE", "KEYS_ONLY"};
  constexpr std::array<ProjectionType, 3> kProjections = {ProjectionType::kAll, ProjectionType::kInclude,
                                                          ProjectionType::kKeysOnly};
  enum class Type { kAll, kInclude, kKeysOnly };  // in the order of AWS's message
  ASSIGN_OR_RETURN(const std::optional<RequestReader> projection, element.structure("Projection"));
  if (!projection) return missing_member_error(element.path_of("Projection"));
  ASSIGN_OR_RETURN(const auto type, projection->choice<Type>("ProjectionType", kTypes));
  if (type) index.projection = kProjections[static_cast<std::size_t>(*type)];
  ASSIGN_OR_RETURN(const std::optional<json::Value> names, projection->list("NonKeyAttributes"));
  if (!names) return {};
  ASSIGN_OR_RETURN(index.non_key_attributes,
                   read_non_key_attributes(*names, projection->path_of("NonKeyAttributes")));
  return {};
}

// --- what one index must be ---

Status check_order(const std::vector<KeyElement>& keys) {
  if (keys.front().type != KeyType::kHash) {
    return Error::validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  std::set<std::string_view> names;
  for (const KeyElement& key : keys) {
    if (names.insert(key.name).second) continue;
    if (keys.size() == 2) {
      return Error::validation(
          "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
    return Error::validation("The KeySchema contains multiple key attributes with the same name");
  }
  const auto is_hash = [](const KeyElement& key) { return key.type == KeyType::kHash; };
  if (!std::is_partitioned(keys.begin(), keys.end(), is_hash)) {
    return invalid_parameter("All HASH key attributes must precede RANGE key attributes in the KeySchema");
  }
  const auto hashes = static_cast<std::size_t>(std::count_if(keys.begin(), keys.end(), is_hash));
  if (hashes > limits::kIndexKeyAttributesMax) {
    return invalid_parameter("The KeySchema exceeds the maximum allowed number of HASH key attributes");
  }
  if (keys.size() - hashes > limits::kIndexKeyAttributesMax) {
    return invalid_parameter("The KeySchema exceeds the maximum allowed number of RANGE key attributes");
  }
  return {};
}

Status check_local_keys(const IndexDefinition& index, const KeySchema& table) {
  const std::vector<KeyElement>& keys = index.keys;
  if (keys.size() == 1) {
    return invalid_parameter(
        fmt::format("Index KeySchema does not have a range key for index: {}", index.name));
  }
  if (keys[1].type != KeyType::kRange) {
    return Error::validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  if (keys[0].name == table.partition.name) return {};
  return invalid_parameter(
      fmt::format("Index KeySchema does not have the same leading hash key as table KeySchema for index: {}. "
                  "index hash key: {}, table hash key: {}",
                  index.name, keys[0].name, table.partition.name));
}

Status check_projection(const IndexDefinition& index) {
  if (!index.projection) return invalid_parameter("Unknown ProjectionType: null");
  const bool include = *index.projection == ProjectionType::kInclude;
  if (include != index.non_key_attributes.has_value()) {
    return invalid_parameter(fmt::format("ProjectionType is {}, but NonKeyAttributes is {}specified",
                                         projection_type_name(*index.projection), include ? "not " : ""));
  }
  if (!include) return {};
  std::set<std::string_view> names;
  for (const std::string& name : *index.non_key_attributes) {
    if (!names.insert(name).second) {
      return invalid_parameter(fmt::format("Duplicate element in NonKeyAttributes: {}", name));
    }
  }
  return {};
}

// --- what all of a new table's indexes must be ---

Status check_all_defined(const Indexes& indexes, const Definitions& definitions) {
  if (!indexes) return {};
  for (const IndexDefinition& index : *indexes) RETURN_IF_ERROR(check_defined(index.keys, definitions));
  return {};
}

Status check_all_used(const TableKeyDefinitions& keys) {
  if (!keys.local && !keys.global) {
    if (keys.elements.size() == keys.definitions.size()) return {};
    return invalid_parameter(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  }
  std::vector<KeyElement> used;
  const auto use = [&](const std::vector<KeyElement>& elements) {
    for (const KeyElement& element : elements) {
      const auto same = [&](const KeyElement& other) { return other.name == element.name; };
      if (std::none_of(used.begin(), used.end(), same)) used.push_back(element);
    }
  };
  use(keys.elements);
  for (const Indexes* indexes : {&keys.local, &keys.global}) {
    if (!*indexes) continue;
    for (const IndexDefinition& index : **indexes) use(index.keys);
  }
  if (used.size() == keys.definitions.size()) return {};
  return invalid_parameter(
      fmt::format("Some AttributeDefinitions are not used. AttributeDefinitions: [{}], keys used: [{}]",
                  join_names(keys.definitions), join_names(used)));
}

Status check_index_lists(const TableKeyDefinitions& keys, const KeySchema& table) {
  if (keys.local && keys.local->empty()) return invalid_parameter("List of LocalSecondaryIndexes is empty");
  if (keys.global && keys.global->empty())
    return invalid_parameter("List of GlobalSecondaryIndexes is empty");
  if (keys.local && !table.sort) {
    return invalid_parameter(
        "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
  }
  RETURN_IF_ERROR(check_all_defined(keys.local, keys.definitions));
  RETURN_IF_ERROR(check_all_defined(keys.global, keys.definitions));
  return check_all_used(keys);
}

Status check_index_billing(const IndexDefinition& index, BillingMode mode) {
  if (mode == BillingMode::kPayPerRequest && index.capacity.throughput) {
    return invalid_parameter(fmt::format(
        "ProvisionedThroughput should not be specified for index: {} when BillingMode is PAY_PER_REQUEST",
        index.name));
  }
  if (mode == BillingMode::kProvisioned && !index.capacity.throughput) {
    return invalid_parameter(fmt::format("ProvisionedThroughput is not specified for index: {}", index.name));
  }
  return {};
}

// `indexes` are the last of the table's.
Status set_index_capacities(const std::vector<IndexDefinition>& indexes, const RegionId& region,
                            TableSchema& table) {
  auto schema = table.indexes.end() - static_cast<std::ptrdiff_t>(indexes.size());
  for (const IndexDefinition& index : indexes) {
    RETURN_IF_ERROR(check_index_billing(index, table.billing_mode));
    RETURN_IF_ERROR(set_capacity(index.capacity, capacity_of(*schema++, table.billing_mode, region)));
  }
  return {};
}

Status add_indexes(const std::vector<IndexDefinition>& indexes, const Definitions& definitions,
                   TableSchema& table) {
  for (const IndexDefinition& index : indexes) {
    ASSIGN_OR_RETURN(IndexSchema schema, resolve_index(index, table.key_schema, definitions));
    if (table.find_index(index.name) != nullptr) {
      return invalid_parameter(fmt::format("Duplicate index name: {}", index.name));
    }
    table.indexes.push_back(std::move(schema));
  }
  return {};
}

}  // namespace

Result<IndexDefinition> read_index_definition(const RequestReader& element, bool local) {
  IndexDefinition index;
  index.local = local;
  ASSIGN_OR_RETURN(index.name, read_index_name(element));
  ASSIGN_OR_RETURN(index.keys,
                   read_key_elements(element, local ? 2 : 2 * limits::kIndexKeyAttributesMax + 2));
  RETURN_IF_ERROR(read_projection_into(element, index));
  if (!local) {
    ASSIGN_OR_RETURN(index.capacity, read_index_capacity(element));
  }
  return index;
}

Result<std::optional<std::vector<IndexDefinition>>> read_index_definitions(const RequestReader& request,
                                                                           bool local) {
  const std::string_view member = local ? "LocalSecondaryIndexes" : "GlobalSecondaryIndexes";
  ASSIGN_OR_RETURN(const std::optional<json::Value> list, request.list(member));
  if (!list) return Indexes();
  std::vector<IndexDefinition> indexes;
  RETURN_IF_ERROR(for_each_structure(*list, local ? "LocalSecondaryIndex" : "GlobalSecondaryIndex",
                                     request.path_of(member), [&](const RequestReader& element) -> Status {
                                       ASSIGN_OR_RETURN(IndexDefinition index,
                                                        read_index_definition(element, local));
                                       indexes.push_back(std::move(index));
                                       return {};
                                     }));
  return Indexes(std::move(indexes));
}

Result<IndexSchema> resolve_index(const IndexDefinition& index, const KeySchema& table,
                                  const Definitions& definitions) {
  RETURN_IF_ERROR(check_defined(index.keys, definitions));
  RETURN_IF_ERROR(check_order(index.keys));
  if (index.local) RETURN_IF_ERROR(check_local_keys(index, table));
  RETURN_IF_ERROR(check_projection(index));
  IndexSchema schema;
  schema.name = index.name;
  schema.local = index.local;
  for (const KeyElement& key : index.keys) {
    (key.type == KeyType::kHash ? schema.partition : schema.sort).push_back(definition_of(key, definitions));
  }
  schema.projection = *index.projection;
  schema.non_key_attributes = index.non_key_attributes.value_or(std::vector<std::string>());
  return schema;
}

Status resolve_table_keys(const TableKeyDefinitions& keys, const RegionId& region, TableSchema& table) {
  RETURN_IF_ERROR(check_definitions(keys.definitions));
  ASSIGN_OR_RETURN(table.key_schema, resolve_keys(keys.elements, keys.definitions));
  RETURN_IF_ERROR(check_index_lists(keys, table.key_schema));
  if (keys.local) {
    RETURN_IF_ERROR(add_indexes(*keys.local, keys.definitions, table));
    if (keys.local->size() > limits::kLocalIndexesMax) {
      return invalid_parameter(fmt::format("Number of LocalSecondaryIndexes exceeds per-table limit of {}",
                                           limits::kLocalIndexesMax));
    }
  }
  if (keys.global) {
    RETURN_IF_ERROR(add_indexes(*keys.global, keys.definitions, table));
    if (keys.global->size() > limits::kGlobalIndexesMax) {
      return invalid_parameter(fmt::format("GlobalSecondaryIndex count exceeds the per-table limit of {}",
                                           limits::kGlobalIndexesMax));
    }
    RETURN_IF_ERROR(set_index_capacities(*keys.global, region, table));
  }
  return check_projected_attributes(table.indexes);
}

Status check_projected_attributes(const std::vector<IndexSchema>& indexes) {
  std::size_t count = 0;
  for (const IndexSchema& index : indexes) count += index.non_key_attributes.size();
  if (count <= limits::kProjectedAttributesMax) return {};
  return invalid_parameter(
      fmt::format("Number of NonKeyAttributes in all indexes exceeds per-table limit of {}",
                  limits::kProjectedAttributesMax));
}

}  // namespace gyre::operations
