// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/model/item_codec.h"
#include "core/operations/item_write.h"
#include "core/operations/operation_list.h"

namespace gyre::operations {
namespace {

/// Encoded on the I/O thread; the writer only compares and stores bytes, unless a condition looks at the old
/// item.
class PutItemWrite final : public ItemWrite {
 public:
  PutItemWrite(ItemWriteParameters parameters, const Item& item, std::size_t item_bytes,
               const http::Request& request, http::Responder respond)
      : ItemWrite(std::move(parameters), request, std::move(respond)),
        image_(encode_item(item)),
        item_bytes_(item_bytes) {}

  std::size_t request_bytes() const override { return ItemWrite::request_bytes() + image_.size(); }

 protected:
  Status apply(storage::WriteTransaction& transaction) override {
    ASSIGN_OR_RETURN(Before before, begin(transaction, false));
    charge(before.stored.dynamodb_bytes, item_bytes_);
    if (parameters().return_values == ReturnValues::kAllOld && before.stored.exists()) {
      answer_attributes(*std::move(before.stored.image));
    }
    return transaction.put(*before.table, parameters().key, std::move(image_));
  }

 private:
  std::string image_;
  std::size_t item_bytes_;
};

class PutItem final : public http::Operation {
 public:
  explicit PutItem(storage::Store& store) : store_(store) {}

  void run(const http::Request& request, http::Responder respond) override {
    Result<Parsed> parsed = parse(RequestReader(request.body));
    if (!parsed.ok()) return respond(std::move(parsed).error());
    submit(store_, std::make_unique<PutItemWrite>(std::move(parsed->parameters), parsed->item,
                                                  parsed->item_bytes, request, std::move(respond)));
  }

 private:
  struct Parsed {
    ItemWriteParameters parameters;
    Item item;
    std::size_t item_bytes = 0;
  };

  Result<Parsed> parse(const RequestReader& request) const {
    Parsed parsed;
    ItemWriteParameters& parameters = parsed.parameters;
    ASSIGN_OR_RETURN(parameters.reference, read_item_table(request, store_.region()));
    RETURN_IF_ERROR(read_item_write_options(request, parameters));
    ASSIGN_OR_RETURN(parameters.return_values, read_return_values(request));
    ASSIGN_OR_RETURN(const std::optional<LegacyConditions> expected, read_expected(request));
    RETURN_IF_ERROR(check_write_forms(request));
    ASSIGN_OR_RETURN(parsed.item, request.required_attributes("Item"));
    RETURN_IF_ERROR(check_old_return_values(parameters.return_values));
    RETURN_IF_ERROR(read_write_condition(request, expected, parameters));
    ASSIGN_OR_RETURN(parameters.table,
                     find_item_table(*store_.catalog().snapshot(), parameters.reference.name));
    parsed.item_bytes = dynamodb_size(parsed.item);
    RETURN_IF_ERROR(check_item_bytes(parsed.item_bytes, "Item size has exceeded the maximum allowed size"));
    ASSIGN_OR_RETURN(parameters.key, item_key(parameters.table->schema.key_schema, parsed.item, false));
    return parsed;
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_put_item(const Dependencies& dependencies) {
  return std::make_unique<PutItem>(dependencies.store);
}

}  // namespace gyre::operations
