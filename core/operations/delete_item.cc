// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/operations/item_write.h"
#include "core/operations/operation_list.h"

namespace gyre::operations {
namespace {

class DeleteItemWrite final : public ItemWrite {
 public:
  using ItemWrite::ItemWrite;

 protected:
  Status apply(storage::WriteTransaction& transaction) override {
    ASSIGN_OR_RETURN(Before before, begin(transaction, false));
    charge(before.stored.dynamodb_bytes, 0);
    if (parameters().return_values == ReturnValues::kAllOld && before.stored.exists()) {
      answer_attributes(*std::move(before.stored.image));
    }
    return transaction.erase(*before.table, parameters().key);
  }
};

class DeleteItem final : public http::Operation {
 public:
  explicit DeleteItem(storage::Store& store) : store_(store) {}

  void run(const http::Request& request, http::Responder respond) override {
    Result<ItemWriteParameters> parameters = parse(RequestReader(request.body));
    if (!parameters.ok()) return respond(std::move(parameters).error());
    submit(store_, std::make_unique<DeleteItemWrite>(std::move(*parameters), request, std::move(respond)));
  }

 private:
  Result<ItemWriteParameters> parse(const RequestReader& request) const {
    ItemWriteParameters parameters;
    ASSIGN_OR_RETURN(parameters.reference, read_item_table(request, store_.region()));
    RETURN_IF_ERROR(read_item_write_options(request, parameters));
    ASSIGN_OR_RETURN(parameters.return_values, read_return_values(request));
    ASSIGN_OR_RETURN(const std::optional<LegacyConditions> expected, read_expected(request));
    RETURN_IF_ERROR(check_write_forms(request));
    ASSIGN_OR_RETURN(const AttributeMap key, request.required_attributes("Key"));
    RETURN_IF_ERROR(check_old_return_values(parameters.return_values));
    RETURN_IF_ERROR(read_write_condition(request, expected, parameters));
    ASSIGN_OR_RETURN(parameters.table,
                     find_item_table(*store_.catalog().snapshot(), parameters.reference.name));
    ASSIGN_OR_RETURN(parameters.key, item_key(parameters.table->schema.key_schema, key, true));
    return parameters;
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_delete_item(const Dependencies& dependencies) {
  return std::make_unique<DeleteItem>(dependencies.store);
}

}  // namespace gyre::operations
