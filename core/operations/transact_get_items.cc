// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <vector>

#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/operations/expression_parameters.h"
#include "core/operations/operation_list.h"
#include "core/operations/read_operation.h"
#include "core/operations/table_reference.h"
#include "core/operations/transaction.h"
#include "core/storage/row_keys.h"
#include "core/storage/stored_item.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kExpressions[] = {"ProjectionExpression"};

struct Get {
  TableReference reference;
  AttributeMap key;
  std::optional<expressions::Projection> projection;
  std::string row;  ///< once the table is known
};

struct TransactGetParameters {
  std::vector<Get> gets;
  CapacityDetail capacity = CapacityDetail::kNone;
};

/// All items as they stood at one moment: a transaction that was written is seen whole or not at all.
class TransactGetRead final : public ReadRequest {
 public:
  TransactGetRead(const storage::Engine& engine, TransactGetParameters parameters)
      : engine_(engine), parameters_(std::move(parameters)) {}

  Result<std::string> read(storage::ReadTier tier) const override {
    std::string out;
    json::Writer writer(out);
    writer.begin_object().key("Responses").begin_array();
    const std::shared_ptr<const storage::Snapshot> snapshot = engine_.snapshot();
    const std::unique_ptr<storage::Iterator> rows = engine_.iterate(
        storage::Family::kItems, {.lower = {}, .upper = {}, .tier = tier, .snapshot = snapshot.get()});
    TransactionCapacity consumed;
    std::uint64_t total_bytes = 0;
    for (const Get& get : parameters_.gets) {
      ASSIGN_OR_RETURN(const std::uint64_t bytes, read_one(*rows, get, writer));
      consumed.add_read(get.reference.text, bytes);
      total_bytes += bytes;
      RETURN_IF_ERROR(check_transaction_bytes(total_bytes));
    }
    writer.end_array();
    consumed.write(writer, parameters_.capacity);
    writer.end_object();
    return out;
  }

 private:
  /// Answers DynamoDB's size of the whole item: 0 if there is none.
  static Result<std::uint64_t> read_one(storage::Iterator& rows, const Get& get, json::Writer& writer) {
    rows.seek(get.row);
    RETURN_IF_ERROR(rows.status());
    writer.begin_object();
    std::uint64_t bytes = 0;
    if (rows.valid() && rows.key() == get.row) {
      ASSIGN_OR_RETURN(const storage::StoredItem stored, storage::decode_stored_item(rows.value()));
      if (!stored.exists()) return Error::corruption("a row of items holds no item");
      bytes = stored.dynamodb_bytes;
      RETURN_IF_ERROR(write_item(*stored.image, get, writer));
    }
    writer.end_object();
    return bytes;
  }

  static Status write_item(std::string_view image, const Get& get, json::Writer& writer) {
    if (!get.projection) {
      writer.key("Item");
      return json::write_encoded_item(writer, image);
    }
    ASSIGN_OR_RETURN(const Item item, decode_item(image));
    writer.key("Item");
    json::write_attribute_map(writer, get.projection->apply(item));
    return {};
  }

  const storage::Engine& engine_;
  TransactGetParameters parameters_;
};

class TransactGetItems final : public http::Operation {
 public:
  explicit TransactGetItems(storage::Store& store) : store_(store) {}

  void run(const http::Request& request, http::Responder respond) override {
    Result<TransactGetParameters> parameters = parse(RequestReader(request.body));
    if (!parameters.ok()) return respond(std::move(parameters).error());
    if (Status bound = bind(parameters->gets); !bound.ok()) return respond(std::move(bound).error());
    run_read(store_.read_pool(), *request.sink,
             std::make_unique<TransactGetRead>(store_.engine(), std::move(*parameters)), std::move(respond));
  }

 private:
  Result<TransactGetParameters> parse(const RequestReader& request) const {
    TransactGetParameters parameters;
    ASSIGN_OR_RETURN(parameters.capacity, read_capacity_detail(request));
    ASSIGN_OR_RETURN(const json::Value items, read_transact_items(request));
    RETURN_IF_ERROR(for_each_structure(items, "TransactGetItem", "transactItems",
                                       [&](const RequestReader& element) -> Status {
                                         ASSIGN_OR_RETURN(const auto members, element.structure("Get"));
                                         if (!members) return missing_member_error(element.path_of("Get"));
                                         ASSIGN_OR_RETURN(Get get, parse_get(*members));
                                         parameters.gets.push_back(std::move(get));
                                         return {};
                                       }));
    return parameters;
  }

  Result<Get> parse_get(const RequestReader& request) const {
    Get get;
    ASSIGN_OR_RETURN(get.reference, read_item_table(request, store_.region()));
    ASSIGN_OR_RETURN(get.key, request.required_attributes("Key"));
    ASSIGN_OR_RETURN(ExpressionParameters expressions, read_expression_parameters(request, kExpressions));
    ASSIGN_OR_RETURN(get.projection, read_projection(request, expressions));
    RETURN_IF_ERROR(expressions.placeholders.check_all_used());
    return get;
  }

  // As TransactWriteItems does: a missing table and an impossible key are plain errors, a key that does not
  // fit the schema cancels.
  Status bind(std::vector<Get>& gets) const {
    const auto catalog = store_.catalog().snapshot();
    Cancellation cancellation;
    for (Get& get : gets) {
      ASSIGN_OR_RETURN(const storage::TablePointer table, find_item_table(*catalog, get.reference.name));
      const TableSchema& schema = table->schema;
      RETURN_IF_ERROR(check_key_values(schema.key_schema, get.key));
      const Result<ItemKey> key = item_key(schema.key_schema, get.key, true);
      if (key.ok()) get.row = storage::item_row(schema.id, *key);
      RETURN_IF_ERROR(cancellation.note(key.ok() ? Status() : Status(key.error())));
    }
    RETURN_IF_ERROR(cancellation.check());
    DistinctItems distinct;
    for (const Get& get : gets) RETURN_IF_ERROR(distinct.add(get.row));
    return {};
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_transact_get_items(const Dependencies& dependencies) {
  return std::make_unique<TransactGetItems>(dependencies.store);
}

}  // namespace gyre::operations
