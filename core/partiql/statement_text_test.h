// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/partiql/ast.h"

namespace gyre::partiql {

/// The statement as PartiQL again, with every parenthesis written out: statements with equal texts are equal.
std::string statement_text(const Statement& statement);
std::string expression_text(const Expression& expression);

}  // namespace gyre::partiql
