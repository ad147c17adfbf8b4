// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"

namespace gyre::expressions {

/// "Invalid ConditionExpression: <detail>", as AWS words all that is wrong with an expression by itself.
inline Error invalid(std::string_view parameter, std::string_view detail) {
  return Error::validation("Invalid " + std::string(parameter) + ": " + std::string(detail));
}

}  // namespace gyre::expressions
