// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/key_definitions.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "core/base/check.h"
#include "core/base/limits.h"

namespace gyre::operations {
namespace {

Result<std::string> read_attribute_name(const RequestReader& element) {
  ASSIGN_OR_RETURN(const std::string_view name, element.required_string("AttributeName"));
  const std::string path = element.path_of("AttributeName");
  if (name.empty()) return constraint_error(name, path, "Member must have length greater than or equal to 1");
  if (name.size() > limits::kKeyNameBytesMax) {
    return constraint_error(name, path, "Member must have length less than or equal to 255");
  }
  return std::string(name);
}

Result<std::vector<KeyAttribute>> read_definition_list(const json::Value& list) {
  enum class Type { kBinary, kNumber, kString };  // in the order of AWS's message
  constexpr std::array<std::string_view, 3> kTypes = {"B", "N", "S"};
  constexpr std::array<ScalarType, 3> kScalars = {ScalarType::kBinary, ScalarType::kNumber,
                                                  ScalarType::kString};
  std::vector<KeyAttribute> definitions;
  RETURN_IF_ERROR(for_each_structure(
      list, "AttributeDefinition", "attributeDefinitions", [&](const RequestReader& element) -> Status {
        ASSIGN_OR_RETURN(std::string name, read_attribute_name(element));
        ASSIGN_OR_RETURN(const auto type, element.choice<Type>("AttributeType", kTypes));
        if (!type) return missing_member_error(element.path_of("AttributeType"));
        definitions.push_back({std::move(name), kScalars[static_cast<std::size_t>(*type)]});
        return {};
      }));
  return definitions;
}

const KeyAttribute* find_definition(const KeyElement& element, const std::vector<KeyAttribute>& definitions) {
  const auto found =
      std::find_if(definitions.begin(), definitions.end(),
                   [&](const KeyAttribute& definition) { return definition.name == element.name; });
  return found == definitions.end() ? nullptr : &*found;
}

}  // namespace

Result<std::vector<KeyAttribute>> read_attribute_definitions(const RequestReader& request) {
  ASSIGN_OR_RETURN(const std::optional<json::Value> list, request.list("AttributeDefinitions"));
  if (!list) return std::vector<KeyAttribute>();
  return read_definition_list(*list);
}

Result<std::vector<KeyAttribute>> read_required_definitions(const RequestReader& request) {
  ASSIGN_OR_RETURN(const json::Value list, request.required_list("AttributeDefinitions"));
  return read_definition_list(list);
}

Result<std::vector<KeyElement>> read_key_elements(const RequestReader& request, std::size_t count_max) {
  constexpr std::array<std::string_view, 2> kTypes = {"HASH", "RANGE"};
  const std::string path = request.path_of("KeySchema");
  ASSIGN_OR_RETURN(const json::Value list, request.required_list("KeySchema"));
  std::vector<KeyElement> elements;
  RETURN_IF_ERROR(
      for_each_structure(list, "KeySchemaElement", path, [&](const RequestReader& element) -> Status {
        ASSIGN_OR_RETURN(std::string name, read_attribute_name(element));
        ASSIGN_OR_RETURN(const auto type, element.choice<KeyType>("KeyType", kTypes));
        if (!type) return missing_member_error(element.path_of("KeyType"));
        elements.push_back({std::move(name), *type});
        return {};
      }));
  if (elements.empty()) {
    return constraint_error("[]", path, "Member must have length greater than or equal to 1");
  }
  if (elements.size() > count_max) {
    return constraint_error(fmt::format("[{}]", join_names(elements)), path,
                            fmt::format("Member must have length less than or equal to {}", count_max));
  }
  return elements;
}

Status check_definitions(const std::vector<KeyAttribute>& definitions) {
  std::set<std::string_view> names;
  for (const KeyAttribute& definition : definitions) {
    if (!names.insert(definition.name).second) {
      return Error::validation("Attribute Name is duplicated: " + definition.name);
    }
  }
  return {};
}

Status check_defined(const std::vector<KeyElement>& elements, const std::vector<KeyAttribute>& definitions) {
  for (const KeyElement& element : elements) {
    if (find_definition(element, definitions) != nullptr) continue;
    return Error::validation(
        fmt::format("One or more parameter values were invalid: Some index key attributes are not defined in "
                    "AttributeDefinitions. Keys: [{}], AttributeDefinitions: [{}]",
                    join_names(elements), join_names(definitions)));
  }
  return {};
}

const KeyAttribute& definition_of(const KeyElement& element, const std::vector<KeyAttribute>& definitions) {
  const KeyAttribute* definition = find_definition(element, definitions);
  CHECK(definition != nullptr);
  return *definition;
}

Result<KeySchema> resolve_keys(const std::vector<KeyElement>& elements,
                               const std::vector<KeyAttribute>& definitions) {
  RETURN_IF_ERROR(check_defined(elements, definitions));
  if (elements[0].type != KeyType::kHash) {
    return Error::validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  }
  KeySchema schema{definition_of(elements[0], definitions), std::nullopt};
  if (elements.size() == 1) return schema;
  if (elements[0].name == elements[1].name) {
    Error repeated =
        Error::validation("Both the Hash Key and the Range Key element in the KeySchema have the same name");
    if (definitions.size() > 1) return repeated;
    return std::move(repeated).or_in_older_words(
        "Invalid KeySchema: Some index key attribute have no definition");
  }
  if (elements[1].type != KeyType::kRange) {
    return Error::validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  schema.sort = definition_of(elements[1], definitions);
  return schema;
}

}  // namespace gyre::operations
