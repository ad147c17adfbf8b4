// SPDX-License-Identifier: Apache-2.0
#include "core/api/unsupported.h"

#include <fmt/core.h>

namespace gyre::api {
namespace {

bool asks_for_nothing(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::kNull:
      return true;
    case json::Kind::kBool:
      return !value.as_bool();
    case json::Kind::kArray:
    case json::Kind::kObject:
      return value.size() == 0;
    default:
      return false;
  }
}

}  // namespace

Status refuse_unsupported(const RequestReader& request, std::initializer_list<std::string_view> parameters) {
  for (const std::string_view parameter : parameters) {
    const std::optional<json::Value> value = request.find(parameter);
    if (!value || asks_for_nothing(*value)) continue;
    return Error::validation(fmt::format("Gyre: the parameter {} is not supported yet", parameter));
  }
  return {};
}

}  // namespace gyre::api
