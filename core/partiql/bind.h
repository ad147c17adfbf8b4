// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/expressions/condition_parser.h"
#include "core/expressions/update_parser.h"
#include "core/partiql/ast.h"
#include "core/partiql/columns.h"
#include "core/partiql/literals.h"

/// Statements with their parameters in place: what they do, but to which table's keys is not looked at yet.
namespace gyre::partiql {

struct BoundSelect {
  Source source;
  std::optional<Columns> columns;  ///< absent: "*"
  std::optional<expressions::ParsedCondition> where;
  std::vector<OrderTerm> order;
};

struct BoundInsert {
  Source source;
  AttributeMap item;
};

struct BoundUpdate {
  Source source;
  expressions::ParsedUpdate update;
  std::optional<expressions::ParsedCondition> where;
  std::optional<Returning> returning;
};

struct BoundDelete {
  Source source;
  std::optional<expressions::ParsedCondition> where;
  bool returning_old = false;
};

struct BoundExists {
  BoundSelect select;
};

using BoundStatement = std::variant<BoundSelect, BoundInsert, BoundUpdate, BoundDelete, BoundExists>;

const Source& source_of(const BoundStatement& statement);

/// kValidation, with AWS's messages, for everything that is wrong with a statement whatever its table.
Result<BoundStatement> bind(const Statement& statement, const Parameters& parameters);

}  // namespace gyre::partiql
