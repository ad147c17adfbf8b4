// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/json/typed_read.h"
#include "core/model/item_codec.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/capacity/throttle.h"
#include "core/operations/items/batch_tables.h"
#include "core/operations/items/distinct_items.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/expression_parameters.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/requests/legacy_parameters.h"
#include "core/storage/read_view.h"

namespace gyre::operations {
namespace {

/// The keys of one table. The texts are kept for UnprocessedKeys, which repeats the request.
struct TableKeys {
  std::string table_text;
  storage::TablePointer table;
  std::vector<AttributeMap> keys;
  std::vector<storage::ItemRow> rows;  ///< one per key that was admitted, which are the first
  bool consistent = false;
  std::optional<expressions::Projection> projection;
  std::optional<std::string> projection_text;
  std::optional<std::vector<std::string>> attributes_to_get;
  AttributeNames names;
  Meter meter;

  double least_units() const { return read_units(0, consistent); }
};

struct BatchGetParameters {
  std::vector<TableKeys> tables;
  CapacityDetail capacity = CapacityDetail::kNone;
};

void write_unprocessed_table(json::Writer& writer, const TableKeys& table, std::size_t first) {
  writer.key(table.table_text).begin_object().key("Keys").begin_array();
  for (std::size_t i = first; i < table.keys.size(); ++i) json::write_attribute_map(writer, table.keys[i]);
  writer.end_array();
  if (table.consistent) writer.key("ConsistentRead").boolean(true);
  if (table.projection_text) writer.member("ProjectionExpression", *table.projection_text);
  if (table.attributes_to_get) {
    writer.key("AttributesToGet").begin_array();
    for (const std::string& name : *table.attributes_to_get) writer.string(name);
    writer.end_array();
  }
  if (!table.names.empty()) {
    writer.key("ExpressionAttributeNames").begin_object();
    for (const auto& [placeholder, name] : table.names) writer.member(placeholder, name);
    writer.end_object();
  }
  writer.end_object();
}

class BatchGetItemRead final : public ReadRequest {
 public:
  BatchGetItemRead(const storage::ReadView& reads, BatchGetParameters parameters)
      : reads_(reads), parameters_(std::move(parameters)) {}

  Result<std::string> read(ReadSlice& slice) override {
    std::unique_ptr<Progress> progress = std::move(progress_);
    if (progress == nullptr) {
      progress = std::make_unique<Progress>();
      progress->writer.begin_object().key("Responses").begin_object();
    }
    Result<std::string> reply = go_on(*progress, slice);
    if (slice.goes_on(reply)) progress_ = std::move(progress);
    return reply;
  }

 private:
  struct Progress {
    std::string out;
    json::Writer writer{out};
    std::uint64_t bytes = 0;  ///< of the items that are answered, whole
    std::size_t at_once = limits::kPointReadsAtOnce;
    bool full = false;              ///< the next item had no room, so none that follows it is answered
    bool in_table = false;          ///< the last table that was begun is not at its end
    std::vector<std::size_t> done;  ///< for each table begun: how many of its keys were answered
    std::vector<double> units;
  };

  /// Until all keys are answered, the reply is full, or the slice is over.
  Result<std::string> go_on(Progress& progress, ReadSlice& slice) const {
    const std::vector<TableKeys>& tables = parameters_.tables;
    while (progress.in_table || progress.done.size() < tables.size()) {
      RETURN_IF_ERROR(
          read_table(tables[progress.done.size() - (progress.in_table ? 1 : 0)], slice, progress));
    }
    json::Writer& writer = progress.writer;
    writer.end_object();
    write_unprocessed(writer, progress);
    settle(progress);
    ConsumedCapacity consumed(parameters_.capacity);
    for (std::size_t i = 0; i < tables.size(); ++i) consumed.add(tables[i].table_text, progress.units[i]);
    consumed.write_list(writer);
    writer.end_object();
    return std::move(progress.out);
  }

  Status read_table(const TableKeys& table, ReadSlice& slice, Progress& progress) const {
    if (!progress.in_table) {
      progress.writer.key(table.table_text).begin_array();
      progress.done.push_back(0);
      progress.units.push_back(0);
      progress.in_table = true;
    }
    while (!progress.full && progress.done.back() < table.rows.size()) {
      if (slice.is_over()) return too_much_work();
      RETURN_IF_ERROR(read_some(table, slice, progress));
    }
    progress.writer.end_array();
    progress.in_table = false;
    return {};
  }

  /// The next few keys: what has no room is noticed before all of it is in memory. Of large items fewer: what
  /// the slice does not do for is read again.
  Status read_some(const TableKeys& table, ReadSlice& slice, Progress& progress) const {
    std::size_t& done = progress.done.back();
    const std::size_t before = done;
    const std::size_t count = std::min(progress.at_once, table.rows.size() - done);
    std::vector<const storage::ItemRow*> rows;
    for (std::size_t i = 0; i < count; ++i) rows.push_back(&table.rows[done + i]);
    for (const storage::ItemReading& found : reads_.items(rows, slice.tier())) {
      if (!found.ok()) return found.error();
      if (slice.is_over()) {
        progress.at_once = std::max<std::size_t>(done - before, 1);
        return {};
      }
      slice.work().add(limits::kRowUnits);
      std::uint64_t bytes = 0;
      if (const std::optional<storage::FoundItem>& item = *found) {
        bytes = item->dynamodb_bytes();
        progress.full = progress.bytes + bytes > limits::kBatchGetBytesMax;
        if (progress.full) return {};
        RETURN_IF_ERROR(write_item(table, item->image(), progress.writer, slice.work()));
      }
      progress.bytes += bytes;
      progress.units.back() += read_units(bytes, table.consistent);
      ++done;
    }
    return {};
  }

  static Status write_item(const TableKeys& table, std::string_view image, json::Writer& writer, Work& work) {
    if (!table.projection) return json::write_encoded_item(writer, image, work);
    work.add(limits::kWrittenByteUnits * image.size());
    if (work.used_up()) return too_much_work();
    ASSIGN_OR_RETURN(const Item item, decode_item(image, work));
    json::write_attribute_map(writer, table.projection->apply(item));
    return {};
  }

  // What was admitted has paid the least that it could cost.
  void settle(const Progress& progress) const {
    for (std::size_t i = 0; i < parameters_.tables.size(); ++i) {
      const TableKeys& table = parameters_.tables[i];
      table.meter.consume(progress.units[i] - table.least_units() * static_cast<double>(table.rows.size()));
    }
  }

  void write_unprocessed(json::Writer& writer, const Progress& progress) const {
    writer.key("UnprocessedKeys").begin_object();
    for (std::size_t i = 0; i < parameters_.tables.size(); ++i) {
      const TableKeys& table = parameters_.tables[i];
      if (progress.done[i] < table.keys.size()) write_unprocessed_table(writer, table, progress.done[i]);
    }
    writer.end_object();
  }

  const storage::ReadView& reads_;
  BatchGetParameters parameters_;
  std::unique_ptr<Progress> progress_;  ///< of a reply that was begun, and is waiting for its next slice
};

/// Keeps the rows that there is capacity for; the first refusal if there is none for any.
Status admit_rows(std::vector<TableKeys>& tables) {
  bool any = false;
  for (TableKeys& table : tables) {
    table.rows.resize(table.meter.admit_some(table.rows.size(), table.least_units()));
    any = any || !table.rows.empty();
  }
  if (any) return {};
  for (const TableKeys& table : tables) RETURN_IF_ERROR(table.meter.admit());
  return {};
}

/// kValidation if one table says by an expression what another says without: AWS takes all of them for one
/// request.
Status check_one_form(const RequestReader& items) {
  bool expressions = false;
  bool names = false;
  RETURN_IF_ERROR(items.object().for_each_member([&](std::string_view, json::Value value) -> Status {
    if (!value.is_object()) return {};
    expressions = expressions || value.find("ProjectionExpression").has_value();
    names = names || value.find("AttributesToGet").has_value();
    return {};
  }));
  return expressions && names ? Status(mixed_forms_error("AttributesToGet", "ProjectionExpression"))
                              : Status();
}

class BatchGetItem final : public ParsedOperation<BatchGetParameters> {
 public:
  explicit BatchGetItem(const Dependencies& dependencies)
      : store_(dependencies.store), throttle_(dependencies.throttle) {}

 private:
  Result<BatchGetParameters> parse(const RequestReader& request) const override {
    BatchGetParameters parameters;
    ASSIGN_OR_RETURN(parameters.capacity, read_capacity_detail(request));
    ASSIGN_OR_RETURN(
        const RequestReader items,
        read_request_items(request, "BatchGetItem", "com.amazonaws.dynamodb.v20120810.KeysAndAttributes"));
    RETURN_IF_ERROR(check_table_names(items, store_.region(), show_keys_and_attributes));
    RETURN_IF_ERROR(check_one_form(items));
    DistinctItems items_of_all_tables(kRepeatedKeys);
    RETURN_IF_ERROR(items.object().for_each_member([&](std::string_view name, json::Value value) -> Status {
      RETURN_IF_ERROR(json::expect_structure(value, "KeysAndAttributes"));
      ASSIGN_OR_RETURN(TableKeys table,
                       parse_table(name, RequestReader(value, fmt::format("requestItems.{}.member", name)),
                                   items_of_all_tables));
      parameters.tables.push_back(std::move(table));
      return {};
    }));
    return parameters;
  }

  Intents intents(const BatchGetParameters& parameters) const override {
    Intents intents;
    for (const TableKeys& table : parameters.tables) {
      ItemIntent intent("dynamodb:BatchGetItem", table.table->schema);
      for (const storage::ItemRow& row : table.rows) intent.row(row);
      table.projection ? intent.names(table.projection->attribute_names()) : intent.all_attributes();
      intents.push_back(std::move(intent).finish());
    }
    return intents;
  }

  void execute(BatchGetParameters parameters, const http::Request& request,
               http::Responder respond) override {
    Status admitted = admit_rows(parameters.tables);
    if (!admitted.ok()) return respond(std::move(admitted).error());
    run_read(store_.read_pool(), *request.sink,
             std::make_unique<BatchGetItemRead>(store_.reads(), std::move(parameters)), std::move(respond));
  }

  Result<TableKeys> parse_table(std::string_view name, const RequestReader& request,
                                DistinctItems& distinct) const {
    TableKeys table;
    ASSIGN_OR_RETURN(TableReference reference, parse_item_table(name, store_.region()));
    table.table_text = std::move(reference.text);
    ASSIGN_OR_RETURN(table.consistent, request.flag("ConsistentRead"));
    ASSIGN_OR_RETURN(table.attributes_to_get, read_attributes_to_get(request));
    RETURN_IF_ERROR(check_read_forms(request));
    RETURN_IF_ERROR(parse_projection(request, table));
    ASSIGN_OR_RETURN(table.keys, parse_keys(request, reference.name));
    ASSIGN_OR_RETURN(table.table, find_item_table(*store_.catalog().snapshot(), reference.name));
    const TableSchema& schema = table.table->schema;
    if (table.projection) RETURN_IF_ERROR(check_key_paths(table.projection->nested_names(), schema));
    for (const AttributeMap& attributes : table.keys) {
      ASSIGN_OR_RETURN(const ItemKey key, item_key(schema.key_schema, attributes, true));
      table.rows.emplace_back(schema.id, key);
      RETURN_IF_ERROR(distinct.add(table.rows.back()));
    }
    if (distinct.size() > limits::kBatchGetItemsMax) {
      return Error::validation("Too many items requested for the BatchGetItem call");
    }
    table.meter = Meter(throttle_, table.table, nullptr, CapacityKind::kRead);
    return table;
  }

  static Result<std::vector<AttributeMap>> parse_keys(const RequestReader& request, std::string_view table) {
    ASSIGN_OR_RETURN(const json::Value list, request.required_list("Keys"));
    const auto refuse = [&](std::string_view constraint) {
      return Error::validation(
          fmt::format("{}Value at 'RequestItems.{}.member.Keys' failed to satisfy constraint: {}", kOneError,
                      table, constraint));
    };
    if (list.size() == 0) return refuse(kNotEmpty);
    if (list.size() > limits::kBatchGetItemsMax) {
      return refuse(
          fmt::format("Member must have length less than or equal to {}", limits::kBatchGetItemsMax));
    }
    std::vector<AttributeMap> keys;
    RETURN_IF_ERROR(list.for_each_element([&](json::Value value) -> Status {
      ASSIGN_OR_RETURN(AttributeMap key, json::read_attribute_map(value));
      keys.push_back(std::move(key));
      return {};
    }));
    return keys;
  }

  static Status parse_projection(const RequestReader& request, TableKeys& table) {
    ASSIGN_OR_RETURN(table.projection, read_projection(request, table.attributes_to_get));
    ASSIGN_OR_RETURN(table.names, read_attribute_names(request));
    ASSIGN_OR_RETURN(const std::optional<std::string_view> text, request.string("ProjectionExpression"));
    if (text) table.projection_text = std::string(*text);
    return {};
  }

  storage::Store& store_;
  Throttle* const throttle_;
};

}  // namespace

OperationPointer make_batch_get_item(const Dependencies& dependencies) {
  return std::make_unique<BatchGetItem>(dependencies);
}

}  // namespace gyre::operations
