// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/expressions/update_parser.h"
#include "core/partiql/ast.h"
#include "core/partiql/literals.h"

namespace gyre::partiql {

/// SET and REMOVE as the actions of an update, checked as far as they can be without an item. set_add and
/// set_delete are ADD and DELETE. kValidation, with AWS's messages.
Result<expressions::ParsedUpdate> bind_assignments(const std::vector<Assignment>& assignments,
                                                   const Parameters& parameters);

}  // namespace gyre::partiql
