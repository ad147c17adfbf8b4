// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"

namespace gyre::expressions {

/// "Invalid ConditionExpression: <detail>", as AWS words all that is wrong with an expression by itself. A
/// condition of no parameter, but of a PartiQL statement, has the detail alone.
inline Error invalid(std::string_view parameter, std::string_view detail) {
  if (parameter.empty()) return Error::validation(std::string(detail));
  return Error::validation("Invalid " + std::string(parameter) + ": " + std::string(detail));
}

}  // namespace gyre::expressions
