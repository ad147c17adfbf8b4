// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"
#include "core/expressions/condition_parser.h"
#include "core/partiql/ast.h"
#include "core/partiql/literals.h"

namespace gyre::partiql {

/// A WHERE clause as a condition over an item, checked as far as it can be without one. kValidation, with
/// AWS's messages: for a literal that is no value, an unknown function, operands of wrong types or in wrong
/// number, and what DynamoDB's conditions cannot express.
///
/// IS MISSING is attribute_not_exists, IS with a type's name is attribute_type. A condition may be compared
/// with a boolean.
Result<expressions::ParsedCondition> bind_condition(const Expression& where, const Parameters& parameters);

}  // namespace gyre::partiql
