// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {

// How requests define keys: `AttributeDefinitions` have types, and each `KeySchema` names attributes.

enum class KeyType { kHash, kRange };
struct KeyElement {
  std::string name;
  KeyType type;
};

/// `AttributeDefinitions`; empty if absent.
Result<std::vector<KeyAttribute>> read_attribute_definitions(const RequestReader& request);
/// The same, required.
Result<std::vector<KeyAttribute>> read_required_definitions(const RequestReader& request);
/// `KeySchema` of at least one and at most `count_max` elements.
Result<std::vector<KeyElement>> read_key_elements(const RequestReader& request, std::size_t count_max);

/// kValidation if a name is defined twice.
Status check_definitions(const std::vector<KeyAttribute>& definitions);
/// kValidation if a key attribute is not defined.
Status check_defined(const std::vector<KeyElement>& elements, const std::vector<KeyAttribute>& definitions);
/// The definition of an attribute that is defined.
const KeyAttribute& definition_of(const KeyElement& element, const std::vector<KeyAttribute>& definitions);
/// A HASH key, and maybe a RANGE key, all defined: kValidation.
Result<KeySchema> resolve_keys(const std::vector<KeyElement>& elements,
                               const std::vector<KeyAttribute>& definitions);

/// "a, b", for messages.
std::string join_names(const auto& named) {
  std::string text;
  for (const auto& one : named) text += (text.empty() ? "" : ", ") + one.name;
  return text;
}

}  // namespace gyre::operations
