// SPDX-License-Identifier: Apache-2.0
#include "core/operations/page_read.h"

#include <fmt/core.h>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/storage/row_keys.h"
#include "core/storage/stored_item.h"

namespace gyre::operations {
namespace {

enum class Select { kSpecificAttributes, kCount, kAllAttributes, kAllProjectedAttributes };

Result<std::optional<Select>> read_select(const RequestReader& request) {
  constexpr std::array<std::string_view, 4> kNames = {"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
                                                      "ALL_PROJECTED_ATTRIBUTES"};
  return request.choice<Select>("Select", kNames);
}

}  // namespace

Status read_page_options(const RequestReader& request, PageParameters& page) {
  ASSIGN_OR_RETURN(page.limit, request.integer("Limit", 1));
  ASSIGN_OR_RETURN(const auto select, read_select(request));
  page.count_only = select == Select::kCount;
  ASSIGN_OR_RETURN(page.capacity, read_capacity_detail(request));
  ASSIGN_OR_RETURN(page.consistent, request.flag("ConsistentRead"));
  return {};
}

Status check_select(const RequestReader& request, bool is_query) {
  ASSIGN_OR_RETURN(const auto select, read_select(request));
  const std::string_view projecting = request.has("AttributesToGet")        ? "AttributesToGet"
                                      : request.has("ProjectionExpression") ? "ProjectionExpression"
                                                                            : "";
  const auto refuse_choosing = [&](std::string_view choice) {
    return Error::validation(fmt::format("{}Cannot specify the {} when choosing to get {}",
                                         is_query ? "1 validation error detected: " : "", projecting,
                                         choice));
  };
  if (!select) return {};
  switch (*select) {
    case Select::kSpecificAttributes:
      if (!projecting.empty()) return {};
      return Error::validation(
          "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
          "SPECIFIC_ATTRIBUTES");
    case Select::kCount:
      if (!projecting.empty()) return refuse_choosing("only the Count");
      return {};
    case Select::kAllAttributes:
      if (!projecting.empty()) return refuse_choosing("ALL_ATTRIBUTES");
      return {};
    case Select::kAllProjectedAttributes:
      return Error::validation("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  }
  return {};
}

Status read_page_expressions(const RequestReader& request, ExpressionParameters& expressions,
                             PageParameters& page) {
  if (request.has("FilterExpression")) {
    ASSIGN_OR_RETURN(page.filter, read_condition(request, "FilterExpression", expressions));
  }
  if (request.has("ProjectionExpression")) {
    ASSIGN_OR_RETURN(page.projection, read_projection(request, expressions));
  }
  return {};
}

Result<std::optional<std::string>> read_start_row(const RequestReader& request, const TableSchema& schema) {
  ASSIGN_OR_RETURN(const std::optional<RequestReader> start,
                   request.map("ExclusiveStartKey", kAttributeValueType));
  if (!start) return std::optional<std::string>();
  const auto invalid = [](const Error& error) {
    return Error::validation("The provided starting key is invalid: " + error.message);
  };
  const Result<AttributeMap> attributes = json::read_attribute_map(start->object());
  if (!attributes.ok()) {
    if (attributes.error().code != ErrorCode::kValidation) return attributes.error();
    return invalid(attributes.error());
  }
  if (attributes->size() != (schema.key_schema.sort ? 2U : 1U)) {
    return Error::validation("The provided starting key is invalid");
  }
  const Result<ItemKey> key = item_key(schema.key_schema, *attributes, true);
  if (!key.ok()) return invalid(key.error());
  return std::optional(storage::item_row(schema.id, *key));
}

void start_after(PageParameters& page, const std::string& start_row) {
  if (page.forward) {
    page.lower = start_row + '\0';
  } else {
    page.upper = start_row;
  }
}

struct PageRead::Progress {
  std::uint64_t bytes = 0;
  std::int64_t scanned = 0;
  std::int64_t matched = 0;
};

bool PageRead::full(const Progress& progress) const {
  return progress.bytes >= limits::kPageBytesMax || (page_.limit && progress.scanned >= *page_.limit);
}

Result<std::string> PageRead::read(storage::ReadTier tier) const {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  if (!page_.count_only) writer.key("Items").begin_array();

  const std::unique_ptr<storage::Iterator> rows =
      engine_.iterate(storage::Family::kItems,
                      {.lower = page_.lower, .upper = page_.upper, .tier = tier, .snapshot = nullptr});
  Progress progress;
  std::string last_row;
  if (page_.forward) {
    rows->seek_to_first();
  } else {
    rows->seek_to_last();
  }
  while (rows->valid()) {
    RETURN_IF_ERROR(take(progress, rows->value(), writer));
    if (full(progress)) {
      last_row = rows->key();
      break;
    }
    if (page_.forward) {
      rows->next();
    } else {
      rows->prev();
    }
  }
  RETURN_IF_ERROR(rows->status());

  if (!page_.count_only) writer.end_array();
  writer.key("Count").integer(progress.matched).key("ScannedCount").integer(progress.scanned);
  if (!last_row.empty()) RETURN_IF_ERROR(write_last_key(writer, last_row));
  write_consumed_capacity(writer, page_.capacity, page_.table_text,
                          read_units(progress.bytes, page_.consistent));
  writer.end_object();
  return out;
}

Status PageRead::take(Progress& progress, std::string_view stored, json::Writer& writer) const {
  ASSIGN_OR_RETURN(const storage::StoredItem found, storage::decode_stored_item(stored));
  if (!found.exists()) return Error::corruption("a row of items holds no item");
  progress.bytes += found.dynamodb_bytes;
  ++progress.scanned;
  if (!page_.filter && (page_.count_only || !page_.projection)) {
    ++progress.matched;
    return page_.count_only ? Status() : json::write_encoded_item(writer, *found.image);
  }
  ASSIGN_OR_RETURN(const Item item, decode_item(*found.image));
  if (page_.filter) {
    ASSIGN_OR_RETURN(const bool wanted, page_.filter->evaluate(&item));
    if (!wanted) return {};
  }
  ++progress.matched;
  if (page_.count_only) return {};
  if (!page_.projection) return json::write_encoded_item(writer, *found.image);
  json::write_attribute_map(writer, page_.projection->apply(item));
  return {};
}

Status PageRead::write_last_key(json::Writer& writer, std::string_view row) const {
  const KeySchema& schema = page_.table->schema.key_schema;
  ASSIGN_OR_RETURN(const ItemKey key, storage::read_item_row(row, schema));
  ASSIGN_OR_RETURN(const AttributeMap attributes, key_attributes(schema, key));
  writer.key("LastEvaluatedKey");
  json::write_attribute_map(writer, attributes);
  return {};
}

}  // namespace gyre::operations
