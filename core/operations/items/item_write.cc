// SPDX-License-Identifier: Apache-2.0
#include "core/operations/items/item_write.h"

#include <utility>

#include "core/json/attribute_json.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/capacity/collection_metrics.h"
#include "core/operations/items/action_reader.h"
#include "core/operations/requests/client_write.h"

namespace gyre::operations {
namespace {

/// What the reply tells beside the attributes.
struct ReplyOptions {
  CapacityDetail capacity = CapacityDetail::kNone;
  const storage::ReadView* metrics = nullptr;  ///< set if the item collection's are asked for
};

/// One action on its way through the writer.
class ItemWrite final : public ClientWrite {
 public:
  ItemWrite(ActionPointer action, ReplyOptions options, const http::Request& request, http::Responder respond)
      : ClientWrite(request, std::move(respond)), action_(std::move(action)), options_(options) {}

 protected:
  std::size_t request_bytes() const override { return sizeof(*this) + action_->size_bytes(); }

  void visit_items(const ItemVisitor& visit) const override { visit(*action_->table(), action_->key()); }

  Status consider(std::size_t, const storage::StoredItem& stored, Work& work) override {
    return action_->consider(stored, work);
  }

  Status apply(storage::WriteTransaction& transaction) override {
    ASSIGN_OR_RETURN(outcome_, action_->apply(transaction, options_.capacity != CapacityDetail::kNone));
    return {};
  }

  void settle() override { action_->settle(); }

  Result<std::string> reply() override {
    std::string out;
    json::Writer writer(out);
    writer.begin_object();
    if (outcome_.attributes) {
      writer.key("Attributes");
      RETURN_IF_ERROR(json::write_encoded_item(writer, *outcome_.attributes));
    }
    ConsumedCapacity consumed(options_.capacity);
    consumed.add_write(action_->reference().text, outcome_.cost);
    consumed.write_one(writer);
    if (options_.metrics != nullptr) {
      CollectionMetrics metrics(*options_.metrics);
      metrics.add(action_->reference().text, action_->table()->schema, action_->key());
      RETURN_IF_ERROR(metrics.write_one(writer));
    }
    writer.end_object();
    return out;
  }

 private:
  ActionPointer action_;
  ReplyOptions options_;
  ActionOutcome outcome_;
};

/// Since 2026 AWS tells what is wrong with such a request by itself as it tells what its model refuses
/// (measured); what the table has against it stays a sentence alone.
Error as_violation(Error error) {
  if (error.code != ErrorCode::kValidation || error.message.starts_with(kOneError)) return error;
  std::string older = error.older_words();
  error.message.insert(0, kOneError);
  return std::move(error).or_in_older_words(std::move(older));
}

struct ParsedWrite {
  ActionPointer action;
  ReplyOptions options;
};

class ItemWriteOperation final : public ParsedOperation<ParsedWrite> {
 public:
  ItemWriteOperation(const Dependencies& dependencies, ParseAction parse)
      : store_(dependencies.store),
        throttle_(dependencies.throttle),
        collections_(dependencies.collections),
        parse_(parse) {}

 private:
  Result<ParsedWrite> parse(const RequestReader& request) const override {
    ParsedWrite parsed;
    ASSIGN_OR_RETURN(parsed.options, read_options(request));
    Result<ActionPointer> action = parse_(request, store_.region(), ActionHolder::kOperation);
    if (!action.ok()) return as_violation(std::move(action).error());
    parsed.action = std::move(*action);
    RETURN_IF_ERROR(parsed.action->check_size());
    ASSIGN_OR_RETURN(storage::TablePointer table,
                     find_item_table(*store_.catalog().snapshot(), parsed.action->reference().name));
    RETURN_IF_ERROR(parsed.action->bind(std::move(table)));
    return parsed;
  }

  Intents intents(const ParsedWrite& parsed) const override { return {parsed.action->intent()}; }

  void execute(ParsedWrite parsed, const http::Request& request, http::Responder respond) override {
    Status admitted = parsed.action->admit(throttle_, collections_);
    if (!admitted.ok()) return respond(std::move(admitted).error());
    submit(store_, std::make_unique<ItemWrite>(std::move(parsed.action), parsed.options, request,
                                               std::move(respond)));
  }

  // ReturnConsumedCapacity and ReturnItemCollectionMetrics. AWS speaks of a bad table name and of bad
  // ReturnValues before (measured).
  Result<ReplyOptions> read_options(const RequestReader& request) const {
    const Result<CapacityDetail> capacity = read_capacity_detail(request);
    const Result<bool> metrics = read_item_metrics(request);
    if (capacity.ok() && metrics.ok()) return ReplyOptions{*capacity, *metrics ? &store_.reads() : nullptr};
    const Error error = capacity.ok() ? metrics.error() : capacity.error();
    if (error.code != ErrorCode::kValidation) return error;
    if (const auto table = read_item_table(request, store_.region()); !table.ok()) return table.error();
    const auto values = read_return_values(request, ActionHolder::kOperation);
    return values.ok() ? error : values.error();
  }

  storage::Store& store_;
  Throttle* const throttle_;
  CollectionLimit* const collections_;
  const ParseAction parse_;
};

}  // namespace

OperationPointer make_item_write(const Dependencies& dependencies, ParseAction parse) {
  return std::make_unique<ItemWriteOperation>(dependencies, parse);
}

}  // namespace gyre::operations
