// SPDX-License-Identifier: Apache-2.0
#include "core/operations/partiql/statement_write.h"

#include <utility>

#include "core/base/check.h"
#include "core/partiql/key_equality.h"

namespace gyre::operations {
namespace {

using expressions::Condition;

ReturnValues return_values(const std::optional<partiql::Returning>& returning) {
  if (!returning) return ReturnValues::kNone;
  switch (*returning) {
    case partiql::Returning::kAllOld:
      return ReturnValues::kAllOld;
    case partiql::Returning::kAllNew:
      return ReturnValues::kAllNew;
    case partiql::Returning::kModifiedOld:
      return ReturnValues::kUpdatedOld;
    case partiql::Returning::kModifiedNew:
      return ReturnValues::kUpdatedNew;
  }
  fatal("a RETURNING that there is not");
}

/// Of UPDATE and DELETE: kValidation unless the clause names one item.
Result<partiql::KeySplit> split_write_key(std::optional<expressions::ParsedCondition> where,
                                          const KeySchema& schema, StatementHolder holder) {
  partiql::KeySplit split = partiql::split_key(std::move(where), schema);
  const bool one_item = split.complete(schema) && !split.contradicted;
  if (one_item) return split;
  if (holder == StatementHolder::kTransaction) {
    return Error::validation("The provided key element does not match the schema");
  }
  if (!split.complete(schema)) {
    return Error::validation("Where clause does not contain a mandatory equality on all key attributes");
  }
  return Error::validation("Multiple conditions on same key " + *split.contradicted +
                           ". Only single item Update/Insert/Delete are supported");
}

struct ActionMaker {
  ActionParameters parameters;
  const KeySchema& schema;
  StatementHolder holder;

  Result<ActionPointer> operator()(partiql::BoundInsert insert) {
    parameters.action = "dynamodb:PartiQLInsert";
    parameters.inserts = true;
    parameters.condition = Condition::all_of(
        {{.attribute = schema.partition.name, .operation = expressions::ComparisonOperator::kNull}});
    return make_put_action(std::move(parameters), std::move(insert.item));
  }
  Result<ActionPointer> operator()(partiql::BoundUpdate update) {
    parameters.action = "dynamodb:PartiQLUpdate";
    ASSIGN_OR_RETURN(partiql::KeySplit split, split_write_key(std::move(update.where), schema, holder));
    parameters.condition = Condition::of(partiql::condition_of_update(std::move(split.rest), schema));
    parameters.return_values = return_values(update.returning);
    return make_update_action(std::move(parameters), std::move(split.key),
                              expressions::Update::of(std::move(update.update)));
  }
  Result<ActionPointer> operator()(partiql::BoundDelete erase) {
    parameters.action = "dynamodb:PartiQLDelete";
    ASSIGN_OR_RETURN(partiql::KeySplit split, split_write_key(std::move(erase.where), schema, holder));
    if (auto condition = partiql::condition_of_delete(std::move(split.rest), schema)) {
      parameters.condition = Condition::of(*std::move(condition));
    }
    parameters.return_values = erase.returning_old ? ReturnValues::kAllOld : ReturnValues::kNone;
    return make_delete_action(std::move(parameters), std::move(split.key));
  }
  Result<ActionPointer> operator()(partiql::BoundExists exists) {
    parameters.action = "dynamodb:ConditionCheckItem";
    partiql::KeySplit split = partiql::split_key(std::move(exists.select.where), schema);
    if (!split.complete(schema) || !split.rest) {
      return Error::validation("EXISTS() must contain a single item read with additional condition");
    }
    parameters.condition = Condition::of(*std::move(split.rest));
    return make_condition_check(std::move(parameters), std::move(split.key));
  }
  Result<ActionPointer> operator()(const partiql::BoundSelect&) { fatal("a SELECT that is to write"); }
};

}  // namespace

Result<ActionPointer> make_statement_action(PreparedStatement statement, TableReference reference,
                                            const KeySchema& schema, StatementHolder holder) {
  ActionParameters parameters;
  parameters.reference = std::move(reference);
  parameters.item_on_condition_failure = statement.item_on_condition_failure;
  parameters.expression_bytes = statement.parameter_bytes;
  ASSIGN_OR_RETURN(ActionPointer action, std::visit(ActionMaker{std::move(parameters), schema, holder},
                                                    std::move(statement.bound)));
  RETURN_IF_ERROR(action->check_size());
  return action;
}

Result<ActionPointer> make_statement_action(PreparedStatement statement, const RegionId& region,
                                            const storage::CatalogSnapshot& catalog) {
  if (std::holds_alternative<partiql::BoundExists>(statement.bound)) {
    return Error::validation("EXISTS can only be used in ExecuteTransaction write requests.");
  }
  ASSIGN_OR_RETURN(TableReference reference, statement_table(statement.bound, region));
  if (partiql::source_of(statement.bound).index) {
    return Error::validation("This operation is not supported on an index");
  }
  ASSIGN_OR_RETURN(storage::TablePointer table, find_item_table(catalog, reference.name));
  ASSIGN_OR_RETURN(ActionPointer action,
                   make_statement_action(std::move(statement), std::move(reference), table->schema.key_schema,
                                         StatementHolder::kOperation));
  RETURN_IF_ERROR(action->bind(std::move(table)));
  return action;
}

}  // namespace gyre::operations
