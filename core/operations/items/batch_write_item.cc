// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <iterator>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/index_keys.h"
#include "core/model/item_codec.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/capacity/collection_limit.h"
#include "core/operations/capacity/collection_metrics.h"
#include "core/operations/capacity/collection_size.h"
#include "core/operations/capacity/throttle.h"
#include "core/operations/items/batch_tables.h"
#include "core/operations/items/distinct_items.h"
#include "core/operations/items/item_action.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/client_write.h"
#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"

namespace gyre::operations {
namespace {

/// One put or delete.
struct Element {
  ItemKey key;
  std::optional<std::string> image;  ///< absent = a delete
  std::size_t item_bytes = 0;
  CollectionRoom room;
};

struct TableWrites {
  TableReference reference;
  storage::TablePointer table;
  std::vector<Element> elements;
  std::vector<Element> unprocessed;  ///< there was no capacity left for these
  Meter meter;
  std::vector<WriteCost> due;  ///< of the elements that were applied, until they are paid
};

constexpr double kLeastUnits = 1;  // of any write

struct BatchWriteParameters {
  std::vector<TableWrites> tables;
  CapacityDetail capacity = CapacityDetail::kNone;
  const storage::ReadView* metrics = nullptr;  ///< set if the item collections' are asked for
  bool limited = false;                        ///< are item collections held to their limit?
};

/// Each element for itself, as DynamoDB promises, but as many in one batch of the writer as its budget
/// allows. Deletes come first, in parts of their own: they are taken with less disk space free than puts.
class BatchWrite final : public ClientWrite {
 public:
  BatchWrite(BatchWriteParameters parameters, const http::Request& request, http::Responder respond)
      : ClientWrite(request, std::move(respond)), parameters_(std::move(parameters)) {
    for (const bool puts : {false, true}) {
      for (TableWrites& table : parameters_.tables) {
        for (Element& element : table.elements) {
          if (element.image.has_value() == puts) steps_.push_back({table, element, puts});
        }
      }
    }
  }

  bool has_more() const override { return next_ < steps_.size(); }

  std::size_t request_bytes() const override {
    std::size_t bytes = sizeof(*this);
    for (const TableWrites& table : parameters_.tables) {
      for (const Element& element : table.elements) {
        bytes += sizeof(element) + element.key.partition.size() + element.key.sort.size() +
                 (element.image ? element.image->size() : 0);
      }
    }
    return bytes;
  }

 protected:
  Status apply(storage::WriteTransaction& transaction) override {
    if (!has_more()) return {};
    const bool puts = steps_[next_].puts;
    for (std::size_t bytes = 0; has_more() && steps_[next_].puts == puts; ++next_) {
      const Step& step = steps_[next_];
      ASSIGN_OR_RETURN(const storage::TablePointer table,
                       find_item_table(transaction.catalog().snapshot(), step.writes.table->schema.id));
      bytes += written_bytes(table->schema, step.element);
      RETURN_IF_ERROR(apply_element(transaction, *table, step.element, step.writes));
      if (bytes >= limits::kWriterBatchBytesMax) return ++next_, Status();
    }
    return {};
  }

  void settle() override {
    for (TableWrites& writes : parameters_.tables) {
      for (const WriteCost& cost : writes.due) {
        writes.meter.consume(cost);
        writes.meter.consume(-kLeastUnits);  // paid when it was admitted
      }
      writes.due.clear();
    }
  }

  void visit_items(const ItemVisitor& visit) const override {
    for (const TableWrites& writes : parameters_.tables) {
      for (const Element& element : writes.elements) visit(*writes.table, element.key);
    }
  }

  Result<std::string> reply() override {
    std::string out;
    json::Writer writer(out);
    writer.begin_object();
    RETURN_IF_ERROR(write_unprocessed(writer));
    consumed_.write_list(writer);
    if (parameters_.metrics != nullptr) RETURN_IF_ERROR(write_metrics(writer));
    writer.end_object();
    return out;
  }

 private:
  struct Step {
    TableWrites& writes;
    Element& element;
    bool puts;
  };

  // About what an element makes of itself: its row, its record with both images, its index entries.
  static std::size_t written_bytes(const TableSchema& table, const Element& element) {
    const std::size_t image = element.image ? element.image->size() : limits::kItemBytesMax / 4;
    return image * (3 + table.indexes.size());
  }

  Status apply_element(storage::WriteTransaction& transaction, const storage::TableEntry& table,
                       Element& element, TableWrites& writes) {
    const bool billed = consumed_.wanted() || writes.meter.is_on();
    const bool limited = parameters_.limited && has_collections(table.schema);
    WriteCost cost{0, element.item_bytes};
    if (billed || limited) {
      ASSIGN_OR_RETURN(const storage::StoredItem before, transaction.items().read(table, element.key));
      cost.old_bytes = before.dynamodb_bytes;
    }
    if (limited) RETURN_IF_ERROR(element.room.check(cost.old_bytes, cost.new_bytes));
    RETURN_IF_ERROR(element.image ? transaction.items().put(table, element.key, *std::move(element.image))
                                  : transaction.items().erase(table, element.key));
    if (!billed) return {};
    ASSIGN_OR_RETURN(cost.index_writes, transaction.items().index_writes(table, element.key));
    consumed_.add_write(writes.reference.text, cost);
    if (writes.meter.is_on()) writes.due.push_back(std::move(cost));
    return {};
  }

  Status write_metrics(json::Writer& writer) const {
    CollectionMetrics metrics(*parameters_.metrics);
    for (const TableWrites& writes : parameters_.tables) {
      for (const Element& element : writes.elements) {
        metrics.add(writes.reference.text, writes.table->schema, element.key);
      }
    }
    return metrics.write_by_table(writer);
  }

  Status write_unprocessed(json::Writer& writer) const {
    writer.key("UnprocessedItems").begin_object();
    for (const TableWrites& table : parameters_.tables) {
      if (table.unprocessed.empty()) continue;
      writer.key(table.reference.text).begin_array();
      for (const Element& element : table.unprocessed) {
        RETURN_IF_ERROR(write_element(writer, table.table->schema.key_schema, element));
      }
      writer.end_array();
    }
    writer.end_object();
    return {};
  }

  static Status write_element(json::Writer& writer, const KeySchema& schema, const Element& element) {
    writer.begin_object().key(element.image ? "PutRequest" : "DeleteRequest").begin_object();
    writer.key(element.image ? "Item" : "Key");
    if (element.image) {
      RETURN_IF_ERROR(json::write_encoded_item(writer, *element.image));
    } else {
      ASSIGN_OR_RETURN(const AttributeMap key, key_attributes(schema, element.key));
      json::write_attribute_map(writer, key);
    }
    writer.end_object().end_object();
    return {};
  }

  BatchWriteParameters parameters_;
  std::vector<Step> steps_;
  std::size_t next_ = 0;
  ConsumedCapacity consumed_{parameters_.capacity};
};

Status check_list_length(std::string_view table, const json::Value& list) {
  if (list.size() != 0 && list.size() <= limits::kBatchWriteItemsMax) return {};
  static_assert(limits::kBatchWriteItemsMax == 25);
  Error refused =
      constraint_error(fmt::format("{{{}={}}}", table, java_objects(list, "WriteRequest")), "requestItems",
                       "Map value must satisfy constraint: [Member must have length less than or equal to "
                       "25, Member must have length greater than or equal to 1]");
  if (list.size() == 0) return refused;
  return member_error(fmt::format("RequestItems.{}.member", table),
                      "Member must have length less than or equal to 25", refused);
}

/// The item's key alone, so that what does not fit is said of it as of a request's `Key`: so does AWS here.
AttributeMap key_part(const KeySchema& schema, const Item& item) {
  AttributeMap key;
  const auto take = [&](const std::string& name) {
    if (const AttributeValue* value = item.find(name)) key.set(name, *value);
  };
  take(schema.partition.name);
  if (schema.sort) take(schema.sort->name);
  return key;
}

/// Leaves what there is no capacity for unprocessed; the first refusal if there is none for anything.
Status admit_elements(std::vector<TableWrites>& tables) {
  bool any = false;
  for (TableWrites& table : tables) {
    const auto admitted =
        static_cast<std::ptrdiff_t>(table.meter.admit_some(table.elements.size(), kLeastUnits));
    const auto first_refused = table.elements.begin() + admitted;
    table.unprocessed.assign(std::make_move_iterator(first_refused),
                             std::make_move_iterator(table.elements.end()));
    table.elements.erase(first_refused, table.elements.end());
    any = any || !table.elements.empty();
  }
  if (any) return {};
  for (const TableWrites& table : tables) RETURN_IF_ERROR(table.meter.admit());
  return {};
}

Result<Element> parse_put(const RequestReader& put, const TableSchema& table) {
  ASSIGN_OR_RETURN(const Item item, in_older_words(put.required_attributes("Item")));
  Element element;
  element.item_bytes = dynamodb_size(item);
  RETURN_IF_ERROR(check_item_bytes(element.item_bytes, "Item size has exceeded the maximum allowed size"));
  ASSIGN_OR_RETURN(element.key, item_key(table.key_schema, key_part(table.key_schema, item), true));
  RETURN_IF_ERROR(check_index_keys(table, item));
  element.image = encode_item(item);
  return element;
}

/// The attributes of a put; a delete names its key alone.
std::vector<std::string> names_of(const Element& element) {
  std::vector<std::string> names;
  if (!element.image) return names;
  if (const Result<Item> item = decode_item(*element.image); item.ok()) add_names(*item, names);
  return names;
}

Result<Element> parse_delete(const RequestReader& remove, const KeySchema& schema) {
  ASSIGN_OR_RETURN(const AttributeMap key, in_older_words(remove.required_attributes("Key")));
  Element element;
  ASSIGN_OR_RETURN(element.key, item_key(schema, key, true));
  return element;
}

Result<Element> parse_element(const RequestReader& request, const TableSchema& table) {
  ASSIGN_OR_RETURN(const std::optional<RequestReader> put, request.structure("PutRequest"));
  ASSIGN_OR_RETURN(const std::optional<RequestReader> remove, request.structure("DeleteRequest"));
  if (put.has_value() == remove.has_value()) {
    return Error::validation(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
        "datatypes");
  }
  return put ? parse_put(*put, table) : parse_delete(*remove, table.key_schema);
}

class BatchWriteItem final : public ParsedOperation<BatchWriteParameters> {
 public:
  explicit BatchWriteItem(const Dependencies& dependencies)
      : store_(dependencies.store),
        throttle_(dependencies.throttle),
        collections_(dependencies.collections) {}

 private:
  Result<BatchWriteParameters> parse(const RequestReader& request) const override {
    BatchWriteParameters parameters;
    parameters.limited = collections_ != nullptr;
    ASSIGN_OR_RETURN(parameters.capacity, read_capacity_detail(request));
    ASSIGN_OR_RETURN(const bool metrics, wants_collection_metrics(request));
    if (metrics) parameters.metrics = &store_.reads();
    ASSIGN_OR_RETURN(const RequestReader items,
                     read_request_items(request, "BatchWriteItem",
                                        "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>"));
    RETURN_IF_ERROR(check_table_names(items, store_.region(), show_write_requests));
    DistinctItems items_of_all_tables(kRepeatedKeys);
    RETURN_IF_ERROR(items.object().for_each_member([&](std::string_view name, json::Value) -> Status {
      ASSIGN_OR_RETURN(const json::Value list, items.required_list(name));
      ASSIGN_OR_RETURN(TableWrites table, parse_table(name, list, items_of_all_tables));
      parameters.tables.push_back(std::move(table));
      return {};
    }));
    return parameters;
  }

  Intents intents(const BatchWriteParameters& parameters) const override {
    Intents intents;
    for (const TableWrites& table : parameters.tables) {
      ItemIntent intent("dynamodb:BatchWriteItem", table.table->schema);
      for (const Element& element : table.elements) intent.key(element.key).names(names_of(element));
      intents.push_back(std::move(intent).finish());
    }
    return intents;
  }

  void execute(BatchWriteParameters parameters, const http::Request& request,
               http::Responder respond) override {
    Status admitted = admit_elements(parameters.tables);
    if (!admitted.ok()) return respond(std::move(admitted).error());
    measure_collections(parameters.tables);
    submit(store_, std::make_unique<BatchWrite>(std::move(parameters), request, std::move(respond)));
  }

  void measure_collections(std::vector<TableWrites>& tables) const {
    if (collections_ == nullptr) return;
    for (TableWrites& writes : tables) {
      for (Element& element : writes.elements) {
        element.room = collections_->admit(writes.table->schema, element.key, element.item_bytes);
      }
    }
  }

  Result<TableWrites> parse_table(std::string_view name, const json::Value& list,
                                  DistinctItems& distinct) const {
    TableWrites writes;
    ASSIGN_OR_RETURN(writes.reference, parse_item_table(name, store_.region()));
    RETURN_IF_ERROR(check_list_length(name, list));
    const std::string path = "requestItems." + std::string(name) + ".member";
    if (distinct.size() + list.size() > limits::kBatchWriteItemsMax) {
      return Error::validation("Too many items requested for the BatchWriteItem call");
    }
    ASSIGN_OR_RETURN(writes.table, find_item_table(*store_.catalog().snapshot(), writes.reference.name));
    RETURN_IF_ERROR(
        for_each_structure(list, "WriteRequest", path, [&](const RequestReader& request) -> Status {
          ASSIGN_OR_RETURN(Element element, parse_element(request, writes.table->schema));
          RETURN_IF_ERROR(distinct.add({writes.table->schema.id, element.key}));
          writes.elements.push_back(std::move(element));
          return {};
        }));
    writes.meter = Meter(throttle_, writes.table, nullptr, CapacityKind::kWrite);
    return writes;
  }

  storage::Store& store_;
  Throttle* const throttle_;
  CollectionLimit* const collections_;
};

}  // namespace

OperationPointer make_batch_write_item(const Dependencies& dependencies) {
  return std::make_unique<BatchWriteItem>(dependencies);
}

}  // namespace gyre::operations
