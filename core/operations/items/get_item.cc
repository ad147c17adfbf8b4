// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/capacity/throttle.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/expression_parameters.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/requests/legacy_parameters.h"
#include "core/storage/read_view.h"

namespace gyre::operations {
namespace {

struct GetParameters {
  std::string table_text;
  storage::TablePointer table;
  storage::ItemRow row;
  bool consistent = false;  ///< decides only the price: a region reads its own committed writes either way
  std::optional<expressions::Projection> projection;
  CapacityDetail capacity = CapacityDetail::kNone;
  Meter meter;
};

class GetItemRead final : public ReadRequest {
 public:
  GetItemRead(const storage::ReadView& reads, GetParameters parameters)
      : reads_(reads), parameters_(std::move(parameters)) {}

  Result<std::string> read(ReadSlice& slice) override {
    ASSIGN_OR_RETURN(const std::optional<storage::FoundItem> item,
                     reads_.item(parameters_.table->schema, parameters_.row, slice.tier()));
    std::string out;
    json::Writer writer(out);
    writer.begin_object();
    if (item) {
      writer.key("Item");
      RETURN_IF_ERROR(write_item(writer, item->image(), slice.work()));
    }
    const double units = read_units(item ? item->dynamodb_bytes() : 0, parameters_.consistent);
    parameters_.meter.consume(units);
    write_consumed_capacity(writer, parameters_.capacity, parameters_.table_text, units);
    writer.end_object();
    return out;
  }

 private:
  Status write_item(json::Writer& writer, std::string_view image, Work& work) const {
    if (!parameters_.projection) return json::write_encoded_item(writer, image, work);
    ASSIGN_OR_RETURN(const Item item, decode_item(image, work));
    json::write_attribute_map(writer, parameters_.projection->apply(item));
    return {};
  }

  const storage::ReadView& reads_;
  GetParameters parameters_;
};

class GetItem final : public ParsedOperation<GetParameters> {
 public:
  explicit GetItem(const Dependencies& dependencies)
      : store_(dependencies.store), throttle_(dependencies.throttle) {}

 private:
  Result<GetParameters> parse(const RequestReader& request) const override {
    GetParameters parameters;
    ASSIGN_OR_RETURN(TableReference reference, read_item_table(request, store_.region()));
    ASSIGN_OR_RETURN(parameters.capacity, read_capacity_detail(request));
    ASSIGN_OR_RETURN(parameters.consistent, request.flag("ConsistentRead"));
    ASSIGN_OR_RETURN(auto attributes_to_get, read_attributes_to_get(request));
    RETURN_IF_ERROR(check_read_forms(request));
    ASSIGN_OR_RETURN(const AttributeMap key, request.required_attributes("Key"));
    ASSIGN_OR_RETURN(parameters.projection, read_projection(request, std::move(attributes_to_get)));
    ASSIGN_OR_RETURN(const storage::TablePointer table,
                     find_item_table(*store_.catalog().snapshot(), reference.name));
    ASSIGN_OR_RETURN(const ItemKey item, item_key(table->schema.key_schema, key, true));
    if (parameters.projection) {
      RETURN_IF_ERROR(check_key_paths(parameters.projection->nested_names(), table->schema));
    }
    parameters.row = storage::ItemRow(table->schema.id, item);
    parameters.table_text = std::move(reference.text);
    parameters.table = table;
    parameters.meter = Meter(throttle_, table, nullptr, CapacityKind::kRead);
    return parameters;
  }

  Intents intents(const GetParameters& parameters) const override {
    ItemIntent intent("dynamodb:GetItem", parameters.table->schema);
    intent.row(parameters.row);
    parameters.projection ? intent.names(parameters.projection->attribute_names()) : intent.all_attributes();
    return {std::move(intent).finish()};
  }

  void execute(GetParameters parameters, const http::Request& request, http::Responder respond) override {
    Status admitted = parameters.meter.admit();
    if (!admitted.ok()) return respond(std::move(admitted).error());
    run_read(store_.read_pool(), *request.sink,
             std::make_unique<GetItemRead>(store_.reads(), std::move(parameters)), std::move(respond));
  }

  storage::Store& store_;
  Throttle* const throttle_;
};

}  // namespace

OperationPointer make_get_item(const Dependencies& dependencies) {
  return std::make_unique<GetItem>(dependencies);
}

}  // namespace gyre::operations
