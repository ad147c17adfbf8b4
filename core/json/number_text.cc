// SPDX-License-Identifier: Apache-2.0
#include "core/json/number_text.h"

#include <fmt/core.h>

#include "core/base/check.h"
#include "core/json/json_access.h"

namespace gyre::json {

bool written_as_integer(const Value& number) {
  CHECK(number.kind() == Kind::kNumber);
  const simdjson::dom::element element = Access::element(number);
  return element.is_int64() || element.is_uint64();
}

std::string number_text(const Value& number) {
  CHECK(number.kind() == Kind::kNumber);
  const simdjson::dom::element element = Access::element(number);
  if (element.is_int64()) return std::to_string(element.get_int64().value_unsafe());
  if (element.is_uint64()) return std::to_string(element.get_uint64().value_unsafe());
  return fmt::format("{}", element.get_double().value_unsafe());
}

}  // namespace gyre::json
