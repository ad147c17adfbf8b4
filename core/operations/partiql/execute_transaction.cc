// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/limits.h"
#include "core/operations/partiql/point_select.h"
#include "core/operations/partiql/statement_members.h"
#include "core/operations/partiql/statement_write.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/transactions/transaction_read.h"
#include "core/operations/transactions/transaction_write.h"
#include "core/storage/read_view.h"

namespace gyre::operations {
namespace {

struct StatementTransaction {
  std::vector<PreparedStatement> statements;
  std::optional<ClientToken> token;
  CapacityDetail capacity = CapacityDetail::kNone;

  bool reads() const { return statements.front().is_read(); }
};

struct TransactionGets {
  std::vector<TransactionGet> gets;
  CapacityDetail capacity = CapacityDetail::kNone;
};

/// All of the statements read, or all of them write.
using PlannedTransaction = std::variant<TransactionGets, TransactionWriteParameters>;

/// What no table could make right is told of its statement, and cancels nothing.
Error at_statement(std::size_t index, const Error& error) {
  if (error.code != ErrorCode::kValidation) return error;
  return Error::validation(
      fmt::format("Validation failed in TransactStatements[{}]: {}", index, error.message));
}

bool answers_attributes(const partiql::BoundStatement& statement) {
  if (const auto* update = std::get_if<partiql::BoundUpdate>(&statement))
    return update->returning.has_value();
  if (const auto* erase = std::get_if<partiql::BoundDelete>(&statement)) return erase->returning_old;
  return false;
}

/// What is PartiQL for DynamoDB, but not in a transaction.
Status check_transactional(const PreparedStatement& statement) {
  if (answers_attributes(statement.bound)) {
    return Error::validation("RETURNING clause is not supported in ExecuteTransaction.");
  }
  if (!partiql::source_of(statement.bound).index) return {};
  if (statement.is_read()) {
    return Error::validation("Reads on indices are not supported within transactions.");
  }
  if (std::holds_alternative<partiql::BoundExists>(statement.bound)) {
    return Error::validation("Operations on indices are not supported in transactions");
  }
  return Error::validation("This operation is not supported on an index");
}

Result<PreparedStatement> prepare_transactional(const RequestReader& request,
                                                const partiql::Parameters& parameters) {
  ASSIGN_OR_RETURN(PreparedStatement statement, prepare_statement(request, parameters));
  RETURN_IF_ERROR(check_transactional(statement));
  return statement;
}

Status check_all_alike(const std::vector<PreparedStatement>& statements) {
  const auto is_read = [](const PreparedStatement& statement) { return statement.is_read(); };
  const auto reads = std::count_if(statements.begin(), statements.end(), is_read);
  if (reads == 0 || static_cast<std::size_t>(reads) == statements.size()) return {};
  return Error::validation(
      "ExecuteTransaction API does not support both read and write operations in the same request.");
}

Result<StatementTransaction> read_transaction(const RequestReader& request) {
  constexpr std::string_view kType = "ParameterizedStatement";
  constexpr std::string_view kPath = "transactStatements";
  StatementTransaction transaction;
  ASSIGN_OR_RETURN(transaction.token, read_client_token(request));
  ASSIGN_OR_RETURN(transaction.capacity, read_capacity_detail(request));
  ASSIGN_OR_RETURN(const json::Value statements, read_transact_statements(request));
  RETURN_IF_ERROR(for_each_structure(statements, kType, kPath, check_statement_members));
  RETURN_IF_ERROR(for_each_structure(statements, kType, kPath, [&](const RequestReader& one) -> Status {
    ASSIGN_OR_RETURN(const partiql::Parameters parameters, read_parameters(one));
    Result<PreparedStatement> prepared = prepare_transactional(one, parameters);
    if (!prepared.ok()) return at_statement(transaction.statements.size(), prepared.error());
    transaction.statements.push_back(std::move(*prepared));
    return {};
  }));
  RETURN_IF_ERROR(check_all_alike(transaction.statements));
  return transaction;
}

class ExecuteTransaction final : public ParsedOperation<PlannedTransaction> {
 public:
  explicit ExecuteTransaction(const Dependencies& dependencies)
      : store_(dependencies.store),
        throttle_(dependencies.throttle),
        collections_(dependencies.collections) {}

 private:
  Result<PlannedTransaction> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(StatementTransaction transaction, read_transaction(request));
    if (transaction.reads()) {
      ASSIGN_OR_RETURN(std::vector<TransactionGet> gets, plan_gets(std::move(transaction.statements)));
      return PlannedTransaction(TransactionGets{std::move(gets), transaction.capacity});
    }
    TransactionWriteParameters writes{.actions = {},
                                      .token = std::move(transaction.token),
                                      .capacity = transaction.capacity,
                                      .answers_responses = true};
    RETURN_IF_ERROR(make_actions(std::move(transaction.statements), writes.actions));
    return PlannedTransaction(std::move(writes));
  }

  Intents intents(const PlannedTransaction& transaction) const override {
    if (const auto* reads = std::get_if<TransactionGets>(&transaction)) {
      return intents_of("dynamodb:PartiQLSelect", reads->gets);
    }
    return intents_of(std::get<TransactionWriteParameters>(transaction).actions);
  }

  void execute(PlannedTransaction transaction, const http::Request& request,
               http::Responder respond) override {
    if (auto* reads = std::get_if<TransactionGets>(&transaction)) {
      return read(std::move(*reads), request, std::move(respond));
    }
    auto& writes = std::get<TransactionWriteParameters>(transaction);
    Status admitted = admit_all(writes.actions, throttle_, collections_);
    if (!admitted.ok()) return respond(std::move(admitted).error());
    submit(store_, std::make_unique<TransactionWrite>(std::move(writes), request, std::move(respond)));
  }

  void read(TransactionGets reads, const http::Request& request, http::Responder respond) {
    if (Status admitted = admit_all(reads.gets); !admitted.ok()) return respond(std::move(admitted).error());
    run_read(store_.read_pool(), *request.sink,
             std::make_unique<TransactionRead>(store_.reads(), std::move(reads.gets), reads.capacity),
             std::move(respond));
  }

  Result<std::vector<TransactionGet>> plan_gets(std::vector<PreparedStatement> statements) const {
    const auto catalog = store_.catalog().snapshot();
    std::vector<TransactionGet> gets;
    Cancellation cancellation;
    for (std::size_t i = 0; i < statements.size(); ++i) {
      std::string table = partiql::source_of(statements[i].bound).table;
      Result<PointSelect> select =
          plan_point_select(std::move(statements[i]), store_.region(), *catalog,
                            "Select statements within ExecuteTransaction must specify the primary key in the "
                            "where clause.");
      if (!select.ok()) {
        if (select.error().code != ErrorCode::kResourceNotFound) return at_statement(i, select.error());
        cancellation.refuse(std::move(select).error());
        continue;
      }
      const TableSchema& schema = select->table->schema;
      const Result<ItemKey> key = item_key(schema.key_schema, select->key, true);
      RETURN_IF_ERROR(cancellation.note(key.ok() ? Status() : Status(key.error())));
      if (!key.ok()) continue;
      gets.push_back({.table = std::move(table),
                      .entry = select->table,
                      .row = storage::ItemRow(schema.id, *key),
                      .columns = std::move(select->columns),
                      .meter = Meter(throttle_, select->table, nullptr, CapacityKind::kRead)});
    }
    RETURN_IF_ERROR(cancellation.check());
    RETURN_IF_ERROR(check_distinct(gets));
    return gets;
  }

  // A missing table and a key that does not fit the schema cancel the transaction; only an EXISTS that asks
  // for nothing is a plain error.
  Status make_actions(std::vector<PreparedStatement> statements, std::vector<ActionPointer>& actions) const {
    const auto catalog = store_.catalog().snapshot();
    Cancellation cancellation;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < statements.size(); ++i) {
      const bool exists = std::holds_alternative<partiql::BoundExists>(statements[i].bound);
      Result<TableReference> reference = statement_table(statements[i].bound, store_.region());
      if (!reference.ok()) return at_statement(i, reference.error());
      Result<storage::TablePointer> table = find_item_table(*catalog, reference->name);
      if (!table.ok()) {
        cancellation.refuse(std::move(table).error());
        continue;
      }
      Result<ActionPointer> action =
          make_statement_action(std::move(statements[i]), std::move(*reference), (*table)->schema.key_schema,
                                StatementHolder::kTransaction);
      if (!action.ok() && exists) return at_statement(i, action.error());
      const Status bound = action.ok() ? (*action)->bind(std::move(*table)) : Status(action.error());
      RETURN_IF_ERROR(cancellation.note(bound));
      if (!bound.ok()) continue;
      bytes += (*action)->attribute_bytes();
      actions.push_back(std::move(*action));
    }
    RETURN_IF_ERROR(cancellation.check());
    RETURN_IF_ERROR(check_transaction_bytes(bytes));
    return check_distinct(actions);
  }

  storage::Store& store_;
  Throttle* const throttle_;
  CollectionLimit* const collections_;
};

}  // namespace

OperationPointer make_execute_transaction(const Dependencies& dependencies) {
  return std::make_unique<ExecuteTransaction>(dependencies);
}

}  // namespace gyre::operations
