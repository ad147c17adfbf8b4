// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/operations/items/distinct_items.h"
#include "core/operations/partiql/batch_statement_reply.h"
#include "core/operations/partiql/point_select.h"
#include "core/operations/partiql/statement_members.h"
#include "core/operations/partiql/statement_write.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/client_write.h"
#include "core/operations/requests/dependencies.h"
#include "core/storage/read_view.h"

namespace gyre::operations {
namespace {

/// One statement of the batch: what it does, or why it does not.
template <class Work>
struct Slot {
  std::string table;  ///< as the statement names it; empty if it is no statement
  Result<Work> work;
};

// --- reads ---

struct BatchedRead {
  storage::TablePointer table;
  storage::ItemRow row;
  std::optional<partiql::Columns> columns;
  bool consistent = false;
  Meter meter{};
};
using ReadSlot = Slot<BatchedRead>;

class BatchStatementRead final : public ReadRequest {
 public:
  BatchStatementRead(const storage::ReadView& reads, std::vector<ReadSlot> slots, CapacityDetail capacity)
      : reads_(reads), slots_(std::move(slots)), capacity_(capacity) {}

  Result<std::string> read(ReadSlice& slice) override {
    std::unique_ptr<Progress> progress = std::move(progress_);
    if (progress == nullptr) progress = std::make_unique<Progress>(capacity_);
    Result<std::string> reply = go_on(*progress, slice);
    if (slice.goes_on(reply)) progress_ = std::move(progress);
    return reply;
  }

 private:
  struct Progress {
    explicit Progress(CapacityDetail capacity) : reply(capacity) {}
    BatchStatementReply reply;
    std::vector<std::pair<const Meter*, double>> bill;
    std::size_t done = 0;  ///< how many of the statements are answered
  };

  /// Until all are answered, or the slice is over.
  Result<std::string> go_on(Progress& progress, ReadSlice& slice) const {
    for (; progress.done < slots_.size(); ++progress.done) {
      if (slice.is_over()) return too_much_work();
      RETURN_IF_ERROR(answer(slots_[progress.done], progress, slice));
    }
    for (const auto& [meter, units] : progress.bill) meter->consume(units);
    return progress.reply.finish();
  }

  Status answer(const ReadSlot& slot, Progress& progress, ReadSlice& slice) const {
    if (!slot.work.ok()) {
      progress.reply.add_error(slot.table, slot.work.error());
      return {};
    }
    std::uint64_t bytes = 0;
    RETURN_IF_ERROR(progress.reply.add(slot.table, [&](json::Writer& writer) -> Status {
      ASSIGN_OR_RETURN(bytes, read_one(*slot.work, slice, writer));
      return {};
    }));
    const double units = read_units(bytes, slot.work->consistent);
    progress.reply.consumed().add(slot.table, units);
    if (slot.work->meter.is_on()) progress.bill.emplace_back(&slot.work->meter, units);
    return {};
  }

  /// Answers DynamoDB's size of the item: 0 if there is none.
  Result<std::uint64_t> read_one(const BatchedRead& read, ReadSlice& slice, json::Writer& writer) const {
    slice.work().add(limits::kRowUnits);
    ASSIGN_OR_RETURN(const std::optional<storage::FoundItem> found,
                     reads_.item(read.table->schema, read.row, slice.tier()));
    if (!found) return std::uint64_t{0};
    writer.key("Item");
    if (read.columns) {
      slice.work().add(limits::kWrittenByteUnits * found->image().size());
      if (slice.work().used_up()) return too_much_work();
      ASSIGN_OR_RETURN(const Item item, decode_item(found->image(), slice.work()));
      json::write_attribute_map(writer, read.columns->apply(item));
    } else {
      RETURN_IF_ERROR(json::write_encoded_item(writer, found->image(), slice.work()));
    }
    return found->dynamodb_bytes();
  }

  const storage::ReadView& reads_;
  std::vector<ReadSlot> slots_;
  CapacityDetail capacity_;
  std::unique_ptr<Progress> progress_;  ///< of a reply that was begun, and is waiting for its next slice
};

// --- writes ---

using WriteSlot = Slot<ActionPointer>;

/// All statements in one batch of the writer, but each for itself: one that fails leaves the others be.
class BatchStatementWrite final : public ClientWrite {
 public:
  BatchStatementWrite(std::vector<WriteSlot> slots, CapacityDetail capacity, const http::Request& request,
                      http::Responder respond)
      : ClientWrite(request, std::move(respond)),
        slots_(std::move(slots)),
        outcomes_(slots_.size()),
        refusals_(slots_.size()),
        capacity_(capacity) {}

 protected:
  std::size_t request_bytes() const override {
    std::size_t bytes = sizeof(*this);
    for (const WriteSlot& slot : slots_) {
      bytes += sizeof(slot) + (slot.work.ok() ? (*slot.work)->size_bytes() : 0);
    }
    return bytes;
  }

  void visit_items(const ItemVisitor& visit) const override {
    for (const WriteSlot& slot : slots_) {
      if (slot.work.ok()) visit(*(*slot.work)->table(), (*slot.work)->key());
    }
  }

  Status consider(std::size_t item, const storage::StoredItem& stored, Work& work) override {
    for (const WriteSlot& slot : slots_) {
      if (slot.work.ok() && item-- == 0) return (*slot.work)->consider(stored, work);
    }
    return {};
  }

  // An action that fails has staged nothing.
  Status apply(storage::WriteTransaction& transaction) override {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      WriteSlot& slot = slots_[i];
      if (!slot.work.ok()) continue;
      Result<ActionOutcome> outcome = (*slot.work)->apply(transaction, capacity_ != CapacityDetail::kNone);
      if (outcome.ok()) {
        outcomes_[i] = std::move(*outcome);
        refusals_[i].reset();
      } else if (!part_error_code(outcome.error().code).empty()) {
        refusals_[i] = std::move(outcome).error();
      } else {
        return std::move(outcome).error();
      }
    }
    return {};
  }

  void settle() override {
    for (WriteSlot& slot : slots_) {
      if (slot.work.ok()) (*slot.work)->settle();
    }
  }

  Result<std::string> reply() override {
    BatchStatementReply reply(capacity_);
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const WriteSlot& slot = slots_[i];
      const ActionOutcome& outcome = outcomes_[i];
      if (!slot.work.ok() || refusals_[i]) {
        reply.add_error(slot.table, slot.work.ok() ? *refusals_[i] : slot.work.error());
        continue;
      }
      RETURN_IF_ERROR(reply.add(slot.table, [&](json::Writer& writer) -> Status {
        if (!outcome.attributes) return {};
        writer.key("Item");
        return json::write_encoded_item(writer, *outcome.attributes);
      }));
      reply.consumed().add_write(slot.table, outcome.cost);
    }
    return reply.finish();
  }

 private:
  std::vector<WriteSlot> slots_;
  std::vector<ActionOutcome> outcomes_;
  std::vector<std::optional<Error>> refusals_;  // by statement, of those that were applied
  CapacityDetail capacity_;
};

// --- the operation ---

struct BatchedStatement {
  Result<PreparedStatement> prepared;
  bool consistent = false;
};

struct BatchParameters {
  std::vector<BatchedStatement> statements;
  CapacityDetail capacity = CapacityDetail::kNone;
  bool reads = false;
};

/// All reads or all writes; statements that are neither, being no statements, do not count.
Result<bool> are_reads(const std::vector<BatchedStatement>& statements) {
  bool reads = false;
  bool writes = false;
  for (const BatchedStatement& statement : statements) {
    if (!statement.prepared.ok()) continue;
    (statement.prepared->is_read() ? reads : writes) = true;
  }
  if (!reads || !writes) return reads;
  return Error::validation("Read and write requests together in the same batch is not supported.");
}

Result<PreparedStatement> prepare_batched(const RequestReader& statement) {
  ASSIGN_OR_RETURN(const partiql::Parameters parameters, read_parameters(statement));
  return prepare_statement(statement, parameters);
}

Result<BatchParameters> read_batch(const RequestReader& request) {
  constexpr std::string_view kType = "BatchStatementRequest";
  BatchParameters batch;
  ASSIGN_OR_RETURN(batch.capacity, read_capacity_detail(request));
  ASSIGN_OR_RETURN(const json::Value statements, read_batch_statements(request));
  RETURN_IF_ERROR(
      for_each_structure(statements, kType, "statements", [&](const RequestReader& one) -> Status {
        RETURN_IF_ERROR(check_statement_members(one));
        const Result<bool> consistent = one.flag("ConsistentRead");
        return consistent.ok() ? Status() : consistent.error();
      }));
  RETURN_IF_ERROR(
      for_each_structure(statements, kType, "statements", [&](const RequestReader& one) -> Status {
        Result<PreparedStatement> prepared = prepare_batched(one);
        const bool own_error = !prepared.ok() && !part_error_code(prepared.error().code).empty();
        if (!prepared.ok() && !own_error) return std::move(prepared).error();
        ASSIGN_OR_RETURN(const bool consistent, one.flag("ConsistentRead"));
        batch.statements.push_back({std::move(prepared), consistent});
        return {};
      }));
  ASSIGN_OR_RETURN(batch.reads, are_reads(batch.statements));
  return batch;
}

/// `plan` makes the work of a statement that could be prepared.
template <class Work, class Plan>
std::vector<Slot<Work>> plan_slots(std::vector<BatchedStatement> statements, Plan plan) {
  std::vector<Slot<Work>> slots;
  for (BatchedStatement& statement : statements) {
    if (!statement.prepared.ok()) {
      slots.push_back({"", std::move(statement.prepared).error()});
      continue;
    }
    std::string table = partiql::source_of(statement.prepared->bound).table;
    slots.push_back({std::move(table), plan(*std::move(statement.prepared), statement.consistent)});
  }
  return slots;
}

/// All statements that could be planned read, or all of them write.
struct PlannedBatch {
  std::variant<std::vector<ReadSlot>, std::vector<WriteSlot>> slots;
  CapacityDetail capacity = CapacityDetail::kNone;
};

Intent read_intent(const BatchedRead& read) {
  ItemIntent intent("dynamodb:PartiQLSelect", read.table->schema);
  intent.row(read.row);
  read.columns ? intent.names(read.columns->attribute_names()) : intent.all_attributes();
  return std::move(intent).finish();
}

/// Statements that there is no capacity for become errors of their own.
template <class Work, class Admit>
void admit_slots(std::vector<Slot<Work>>& slots, Admit admit) {
  for (Slot<Work>& slot : slots) {
    if (!slot.work.ok()) continue;
    if (Status admitted = admit(*slot.work); !admitted.ok()) slot.work = std::move(admitted).error();
  }
}

class BatchExecuteStatement final : public ParsedOperation<PlannedBatch> {
 public:
  explicit BatchExecuteStatement(const Dependencies& dependencies)
      : store_(dependencies.store),
        throttle_(dependencies.throttle),
        collections_(dependencies.collections) {}

 private:
  Result<PlannedBatch> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(BatchParameters batch, read_batch(request));
    PlannedBatch planned;
    planned.capacity = batch.capacity;
    if (batch.reads) {
      ASSIGN_OR_RETURN(planned.slots, plan_reads(std::move(batch.statements)));
    } else {
      ASSIGN_OR_RETURN(planned.slots, plan_writes(std::move(batch.statements)));
    }
    return planned;
  }

  Intents intents(const PlannedBatch& batch) const override {
    Intents intents;
    if (const auto* reads = std::get_if<std::vector<ReadSlot>>(&batch.slots)) {
      for (const ReadSlot& slot : *reads) {
        if (slot.work.ok()) intents.push_back(read_intent(*slot.work));
      }
      return intents;
    }
    for (const WriteSlot& slot : std::get<std::vector<WriteSlot>>(batch.slots)) {
      if (slot.work.ok()) intents.push_back((*slot.work)->intent());
    }
    return intents;
  }

  void execute(PlannedBatch batch, const http::Request& request, http::Responder respond) override {
    if (auto* reads = std::get_if<std::vector<ReadSlot>>(&batch.slots)) {
      admit_slots(*reads, [](const BatchedRead& read) { return read.meter.admit(); });
      return run_read(store_.read_pool(), *request.sink,
                      std::make_unique<BatchStatementRead>(store_.reads(), std::move(*reads), batch.capacity),
                      std::move(respond));
    }
    auto& writes = std::get<std::vector<WriteSlot>>(batch.slots);
    admit_slots(writes,
                [this](const ActionPointer& action) { return action->admit(throttle_, collections_); });
    submit(store_, std::make_unique<BatchStatementWrite>(std::move(writes), batch.capacity, request,
                                                         std::move(respond)));
  }

  Result<std::vector<ReadSlot>> plan_reads(std::vector<BatchedStatement> statements) const {
    const auto catalog = store_.catalog().snapshot();
    std::vector<ReadSlot> slots =
        plan_slots<BatchedRead>(std::move(statements), [&](PreparedStatement statement, bool consistent) {
          return plan_read(std::move(statement), consistent, *catalog);
        });
    DistinctItems distinct(kRepeatedKeys);  // statements that do nothing do not count, as on AWS
    for (const ReadSlot& slot : slots) {
      if (slot.work.ok()) RETURN_IF_ERROR(distinct.add(slot.work->row));
    }
    return slots;
  }

  Result<BatchedRead> plan_read(PreparedStatement statement, bool consistent,
                                const storage::CatalogSnapshot& catalog) const {
    ASSIGN_OR_RETURN(
        PointSelect select,
        plan_point_select(std::move(statement), store_.region(), catalog,
                          "Select statements within BatchExecuteStatement must specify the primary key in "
                          "the where clause."));
    const TableSchema& schema = select.table->schema;
    ASSIGN_OR_RETURN(const ItemKey key, item_key(schema.key_schema, select.key, true));
    return BatchedRead{select.table, storage::ItemRow(schema.id, key), std::move(select.columns), consistent,
                       Meter(throttle_, select.table, nullptr, CapacityKind::kRead)};
  }

  Result<std::vector<WriteSlot>> plan_writes(std::vector<BatchedStatement> statements) const {
    const auto catalog = store_.catalog().snapshot();
    std::vector<WriteSlot> slots =
        plan_slots<ActionPointer>(std::move(statements), [&](PreparedStatement statement, bool) {
          return make_statement_action(std::move(statement), store_.region(), *catalog);
        });
    DistinctItems distinct(kRepeatedKeys);  // statements that do nothing do not count, as on AWS
    for (const WriteSlot& slot : slots) {
      if (!slot.work.ok()) continue;
      const ItemAction& action = **slot.work;
      RETURN_IF_ERROR(distinct.add({action.table()->schema.id, action.key()}));
    }
    return slots;
  }

  storage::Store& store_;
  Throttle* const throttle_;
  CollectionLimit* const collections_;
};

}  // namespace

OperationPointer make_batch_execute_statement(const Dependencies& dependencies) {
  return std::make_unique<BatchExecuteStatement>(dependencies);
}

}  // namespace gyre::operations
