// SPDX-License-Identifier: Apache-2.0
#include "core/partiql/bind.h"

#include <utility>

#include "core/partiql/assignments.h"
#include "core/partiql/conditions.h"

namespace gyre::partiql {
namespace {

using Where = std::optional<expressions::ParsedCondition>;

Result<Where> bind_where(const std::optional<Expression>& where, const Parameters& parameters) {
  if (!where) return Where();
  ASSIGN_OR_RETURN(expressions::ParsedCondition condition, bind_condition(*where, parameters));
  return Where(std::move(condition));
}

Result<BoundSelect> bind_select(const SelectStatement& select, const Parameters& parameters) {
  BoundSelect bound{.source = select.source, .columns = {}, .where = {}, .order = select.order};
  if (!select.columns.empty()) bound.columns.emplace(select.columns);
  ASSIGN_OR_RETURN(bound.where, bind_where(select.where, parameters));
  return bound;
}

struct Binder {
  const Parameters& parameters;

  Result<BoundStatement> operator()(const SelectStatement& select) const {
    ASSIGN_OR_RETURN(BoundSelect bound, bind_select(select, parameters));
    return BoundStatement(std::move(bound));
  }
  Result<BoundStatement> operator()(const InsertStatement& insert) const {
    ASSIGN_OR_RETURN(AttributeMap item, read_item(insert.value, parameters));
    return BoundStatement(BoundInsert{insert.source, std::move(item)});
  }
  Result<BoundStatement> operator()(const UpdateStatement& update) const {
    BoundUpdate bound{.source = update.source, .update = {}, .where = {}, .returning = update.returning};
    ASSIGN_OR_RETURN(bound.update, bind_assignments(update.assignments, parameters));
    ASSIGN_OR_RETURN(bound.where, bind_where(update.where, parameters));
    return BoundStatement(std::move(bound));
  }
  Result<BoundStatement> operator()(const DeleteStatement& erase) const {
    BoundDelete bound{.source = erase.source, .where = {}, .returning_old = erase.returning_old};
    ASSIGN_OR_RETURN(bound.where, bind_where(erase.where, parameters));
    return BoundStatement(std::move(bound));
  }
  Result<BoundStatement> operator()(const ExistsStatement& exists) const {
    ASSIGN_OR_RETURN(BoundSelect select, bind_select(exists.select, parameters));
    return BoundStatement(BoundExists{std::move(select)});
  }
};

}  // namespace

const Source& source_of(const BoundStatement& statement) {
  return std::visit(
      [](const auto& body) -> const Source& {
        if constexpr (requires { body.source; }) {
          return body.source;
        } else {
          return body.select.source;
        }
      },
      statement);
}

Result<BoundStatement> bind(const Statement& statement, const Parameters& parameters) {
  if (parameters.size() != statement.parameter_count) {
    return Error::validation("Number of parameters in request and statement don't match.");
  }
  return std::visit(Binder{parameters}, statement.body);
}

}  // namespace gyre::partiql
