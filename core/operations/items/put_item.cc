// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/model/index_keys.h"
#include "core/model/item_codec.h"
#include "core/operations/items/action_reader.h"
#include "core/operations/items/item_write.h"

namespace gyre::operations {
namespace {

/// Encoded on the I/O thread; the writer only compares and stores bytes, unless a condition looks at the old
/// item.
class PutAction final : public ItemAction {
 public:
  PutAction(ActionParameters&& parameters, Item&& item)
      : ItemAction(std::move(parameters), std::move(item)), image_(encode_item(attributes())) {}

 protected:
  std::vector<std::string> named_attributes() const override {
    std::vector<std::string> names;
    if (const Result<Item> item = decode_item(image_); item.ok()) add_names(*item, names);
    return names;
  }
  bool has_whole_item() const override { return true; }
  Status check_size() const override {
    return check_item_bytes(attribute_bytes(), "Item size has exceeded the maximum allowed size");
  }
  std::uint64_t item_bytes_max() const override { return attribute_bytes(); }
  Status check_schema(const TableSchema& table) const override {
    return check_index_keys(table, attributes());
  }

  Result<ActionOutcome> write(storage::WriteTransaction& transaction, Before before) override {
    RETURN_IF_ERROR(check_collection(before, attribute_bytes()));
    ActionOutcome outcome{{before.stored.dynamodb_bytes, attribute_bytes()}};
    if (parameters().return_values == ReturnValues::kAllOld)
      outcome.attributes = std::move(before.stored.image);
    RETURN_IF_ERROR(transaction.items().put(*before.table, key(), std::move(image_)));
    return outcome;
  }

 private:
  std::string image_;
};

}  // namespace

ActionPointer make_put_action(ActionParameters parameters, Item item) {
  return std::make_unique<PutAction>(std::move(parameters), std::move(item));
}

Result<ActionPointer> parse_put_action(const RequestReader& request, const RegionId& region,
                                       ActionHolder holder) {
  ASSIGN_OR_RETURN(ActionParameters parameters, read_action_parameters(request, region));
  parameters.action = "dynamodb:PutItem";
  ASSIGN_OR_RETURN(parameters.return_values, read_return_values(request, holder));
  ASSIGN_OR_RETURN(const std::optional<LegacyConditions> expected, read_condition_form(request, holder));
  ASSIGN_OR_RETURN(Item item, request.required_attributes("Item"));
  RETURN_IF_ERROR(check_old_return_values(parameters.return_values));
  RETURN_IF_ERROR(read_write_condition(request, holder, expected, parameters));
  return make_put_action(std::move(parameters), std::move(item));
}

OperationPointer make_put_item(const Dependencies& dependencies) {
  return make_item_write(dependencies, parse_put_action);
}

}  // namespace gyre::operations
