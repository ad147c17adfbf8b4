// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/ordering.h"

namespace gyre::expressions {

bool is_orderable(AttributeType type) {
  return type == AttributeType::kString || type == AttributeType::kNumber || type == AttributeType::kBinary;
}

std::partial_ordering compare_orderable(const AttributeValue& a, const AttributeValue& b) {
  if (a.type() != b.type()) return std::partial_ordering::unordered;
  switch (a.type()) {
    case AttributeType::kString:
      return a.as_string() <=> b.as_string();
    case AttributeType::kNumber:
      return a.as_number() <=> b.as_number();
    case AttributeType::kBinary:
      return a.as_binary() <=> b.as_binary();
    default:
      return std::partial_ordering::unordered;
  }
}

}  // namespace gyre::expressions
