// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <variant>
#include <vector>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/partiql/statement_members.h"
#include "core/operations/partiql/statement_read.h"
#include "core/operations/partiql/statement_write.h"
#include "core/operations/requests/client_write.h"
#include "core/operations/requests/dependencies.h"

namespace gyre::operations {
namespace {

/// What stands beside the statement in the request.
struct StatementOptions {
  CapacityDetail capacity = CapacityDetail::kNone;
  bool consistent = false;
  std::optional<std::int64_t> limit;
  std::optional<std::string_view> next_token;
};

Result<StatementOptions> read_options(const RequestReader& request) {
  StatementOptions options;
  RETURN_IF_ERROR(check_statement_members(request));
  ASSIGN_OR_RETURN(options.consistent, request.flag("ConsistentRead"));
  ASSIGN_OR_RETURN(options.next_token, read_next_token(request));
  ASSIGN_OR_RETURN(options.capacity, read_capacity_detail(request));
  ASSIGN_OR_RETURN(options.limit, request.integer("Limit", 1));
  return options;
}

/// One writing statement on its way through the writer.
class StatementWrite final : public ClientWrite {
 public:
  StatementWrite(ActionPointer action, CapacityDetail capacity, const http::Request& request,
                 http::Responder respond)
      : ClientWrite(request, std::move(respond)), action_(std::move(action)), capacity_(capacity) {}

 protected:
  std::size_t request_bytes() const override { return sizeof(*this) + action_->size_bytes(); }

  void visit_items(const ItemVisitor& visit) const override { visit(*action_->table(), action_->key()); }

  Status apply(storage::WriteTransaction& transaction) override {
    ASSIGN_OR_RETURN(outcome_, action_->apply(transaction, capacity_ != CapacityDetail::kNone));
    return {};
  }

  Result<std::string> reply() override {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().key("Items").begin_array();
    if (outcome_.attributes) RETURN_IF_ERROR(json::write_encoded_item(writer, *outcome_.attributes));
    writer.end_array();
    ConsumedCapacity consumed(capacity_);
    consumed.add_write(action_->reference().text, outcome_.cost);
    consumed.write_one(writer);
    writer.end_object();
    return out;
  }

 private:
  ActionPointer action_;
  CapacityDetail capacity_;
  ActionOutcome outcome_;
};

struct StatementAction {
  ActionPointer action;
  CapacityDetail capacity = CapacityDetail::kNone;
};

using PlannedStatement = std::variant<SelectPage, StatementAction>;

Intent select_intent(const SelectPage& page) {
  Intent intent = page.source.intent("dynamodb:PartiQLSelect");
  for (const RowRange& range : page.ranges) add_names(page.source.leading_keys(range), intent.leading_keys);
  intent.leading_keys = distinct_names(std::move(intent.leading_keys));
  if (!page.columns) return intent;
  std::vector<std::string> names = page.source.key_names();
  add_names(page.columns->attribute_names(), names);
  if (page.filter) add_names(page.filter->attribute_names(), names);
  intent.attributes = distinct_names(std::move(names));
  return intent;
}

class ExecuteStatement final : public ParsedOperation<PlannedStatement> {
 public:
  explicit ExecuteStatement(const Dependencies& dependencies)
      : store_(dependencies.store),
        throttle_(dependencies.throttle),
        collections_(dependencies.collections) {}

 private:
  Result<PlannedStatement> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(const StatementOptions options, read_options(request));
    ASSIGN_OR_RETURN(const partiql::Parameters parameters, read_parameters(request));
    ASSIGN_OR_RETURN(PreparedStatement statement, prepare_statement(request, parameters));
    if (statement.is_read()) {
      ASSIGN_OR_RETURN(SelectPage page, plan(std::move(statement), options));
      return PlannedStatement(std::move(page));
    }
    ASSIGN_OR_RETURN(ActionPointer action, make_statement_action(std::move(statement), store_.region(),
                                                                 *store_.catalog().snapshot()));
    return PlannedStatement(StatementAction{std::move(action), options.capacity});
  }

  Intents intents(const PlannedStatement& statement) const override {
    Intents intents;
    if (const auto* page = std::get_if<SelectPage>(&statement)) {
      intents.push_back(select_intent(*page));
    } else {
      intents.push_back(std::get<StatementAction>(statement).action->intent());
    }
    return intents;
  }

  void execute(PlannedStatement statement, const http::Request& request, http::Responder respond) override {
    if (auto* page = std::get_if<SelectPage>(&statement)) {
      return select(std::move(*page), request, std::move(respond));
    }
    write(std::move(std::get<StatementAction>(statement)), request, std::move(respond));
  }

  void select(SelectPage page, const http::Request& request, http::Responder respond) {
    if (Status admitted = page.meter.admit(); !admitted.ok()) return respond(std::move(admitted).error());
    run_read(store_.read_pool(), *request.sink, std::make_unique<SelectRead>(store_, std::move(page)),
             std::move(respond));
  }

  Result<SelectPage> plan(PreparedStatement statement, const StatementOptions& options) const {
    ASSIGN_OR_RETURN(SelectPage page, plan_select(std::move(statement), options.consistent, store_.region(),
                                                  *store_.catalog().snapshot()));
    page.limit = options.limit;
    page.capacity = options.capacity;
    if (options.next_token) RETURN_IF_ERROR(start_at_token(page, *options.next_token));
    page.meter = Meter(throttle_, page.source.table, page.source.index, CapacityKind::kRead);
    return page;
  }

  void write(StatementAction statement, const http::Request& request, http::Responder respond) {
    Status admitted = statement.action->admit(throttle_, collections_);
    if (!admitted.ok()) return respond(std::move(admitted).error());
    submit(store_, std::make_unique<StatementWrite>(std::move(statement.action), statement.capacity, request,
                                                    std::move(respond)));
  }

  storage::Store& store_;
  Throttle* const throttle_;
  CollectionLimit* const collections_;
};

}  // namespace

OperationPointer make_execute_statement(const Dependencies& dependencies) {
  return std::make_unique<ExecuteStatement>(dependencies);
}

}  // namespace gyre::operations
