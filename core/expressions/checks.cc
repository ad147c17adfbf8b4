// SPDX-License-Identifier: Apache-2.0
#include "core/expressions/checks.h"

#include <string>

#include "core/expressions/errors.h"

namespace gyre::expressions {
namespace {

std::size_t operand_count(Function function) {
  switch (function) {
    case Function::kAttributeExists:
    case Function::kAttributeNotExists:
    case Function::kSize:
      return 1;
    default:
      return 2;
  }
}

}  // namespace

Status check_operand_count(std::string_view parameter, const Node& function) {
  if (function.operands.size() == operand_count(function.function)) return {};
  return invalid(parameter, "Incorrect number of operands for operator or function; operator or function: " +
                                function.text +
                                ", number of operands: " + std::to_string(function.operands.size()));
}

Error incorrect_operand_type(std::string_view parameter, const Node& where, std::string_view type) {
  return invalid(parameter, "Incorrect operand type for operator or function; operator or function: " +
                                where.text + ", operand type: " + std::string(type));
}

Error misused_function(std::string_view parameter, const Node& function) {
  return invalid(parameter, "The function is not allowed to be used this way in an expression; function: " +
                                function.text);
}

Error path_required(std::string_view parameter, const Node& function) {
  return invalid(parameter,
                 "Operator or function requires a document path; operator or function: " + function.text);
}

}  // namespace gyre::expressions
