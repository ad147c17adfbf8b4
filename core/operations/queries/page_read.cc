// SPDX-License-Identifier: Apache-2.0
#include "core/operations/queries/page_read.h"

#include <fmt/core.h>

#include <memory>
#include <set>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/index_keys.h"
#include "core/model/item_codec.h"
#include "core/operations/queries/source_rows.h"

namespace gyre::operations {

Result<std::optional<Select>> read_select(const RequestReader& request) {
  constexpr std::array<std::string_view, 4> kNames = {"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
                                                      "ALL_PROJECTED_ATTRIBUTES"};
  return request.choice<Select>("Select", kNames);
}

Status read_page_options(const RequestReader& request, PageParameters& page) {
  ASSIGN_OR_RETURN(page.capacity, read_capacity_detail(request));
  ASSIGN_OR_RETURN(page.limit, request.integer("Limit", 1));
  ASSIGN_OR_RETURN(const auto select, read_select(request));
  page.count_only = select == Select::kCount;
  page.all_attributes = select == Select::kAllAttributes;
  ASSIGN_OR_RETURN(page.consistent, request.flag("ConsistentRead"));
  return {};
}

Status check_select(const RequestReader& request, bool is_query) {
  ASSIGN_OR_RETURN(const auto select, read_select(request));
  const std::string_view projecting = request.has("AttributesToGet")        ? "AttributesToGet"
                                      : request.has("ProjectionExpression") ? "ProjectionExpression"
                                                                            : "";
  const auto refuse = [&](std::string_view text) {
    return Error::validation(fmt::format("{}{}", is_query ? kOneError : "", text));
  };
  const auto refuse_choosing = [&](std::string_view choice) {
    return refuse(fmt::format("Cannot specify the {} when choosing to get {}", projecting, choice));
  };
  if (!select) return {};
  switch (*select) {
    case Select::kSpecificAttributes:
      if (!projecting.empty()) return {};
      return refuse(
          "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
          "SPECIFIC_ATTRIBUTES");
    case Select::kCount:
      if (!projecting.empty()) return refuse_choosing("only the Count");
      return {};
    case Select::kAllAttributes:
      if (!projecting.empty()) return refuse_choosing("ALL_ATTRIBUTES");
      return {};
    case Select::kAllProjectedAttributes:
      if (!projecting.empty()) return refuse_choosing("ALL_PROJECTED_ATTRIBUTES");
      if (request.has("IndexName")) return {};
      return refuse("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
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

Status check_page_paths(const PageParameters& page) {
  const TableSchema& schema = page.source.table->schema;
  if (page.projection) RETURN_IF_ERROR(check_key_paths(page.projection->nested_names(), schema));
  return page.filter ? check_key_paths(page.filter->nested_names(), schema) : Status();
}

Status check_projected(PageParameters& page) {
  const IndexSchema* index = page.source.index;
  if (index == nullptr || index->projection == ProjectionType::kAll) return {};
  if (page.all_attributes && !index->local) {
    return Error::validation(fmt::format(
        "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for "
        "global secondary index {} because its projection type is not ALL",
        index->name));
  }
  std::set<std::string> missing;
  const auto want = [&](const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (!is_projected(*index, page.source.table->schema.key_schema, name)) missing.insert(name);
    }
  };
  if (page.projection) want(page.projection->attribute_names());
  if (page.filter) want(page.filter->attribute_names());
  page.fetch = page.all_attributes || !missing.empty();
  if (missing.empty() || index->local) return {};
  std::string names;
  for (const std::string& name : missing) names += (names.empty() ? "" : ", ") + name;
  return Error::validation(fmt::format(
      "One or more parameter values were invalid: Global secondary index {} does not project [{}]",
      index->name, names));
}

struct PageRead::Progress {
  SourceCost cost;
  std::int64_t scanned = 0;
  std::int64_t matched = 0;
};

bool PageRead::full(const Progress& progress) const {
  return progress.cost.bytes() >= limits::kPageBytesMax || (page_.limit && progress.scanned >= *page_.limit);
}

Result<std::string> PageRead::read(storage::ReadTier tier) const {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  if (!page_.count_only) writer.key("Items").begin_array();

  SourceRows source_rows(store_, page_.source, page_.fetch, tier);
  const std::unique_ptr<storage::Iterator> rows = source_rows.iterate(page_.rows, !page_.limit);
  Progress progress{.cost = SourceCost(page_.consistent)};
  std::string last_row;
  if (page_.forward) {
    rows->seek_to_first();
  } else {
    rows->seek_to_last();
  }
  while (rows->valid()) {
    ASSIGN_OR_RETURN(const SourceRow row, source_rows.read(*rows));
    ++progress.scanned;
    progress.cost.add(row);
    RETURN_IF_ERROR(answer(progress, row.item, writer));
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
  page_.meter.consume(progress.cost.units());
  progress.cost.write(writer, page_.capacity, page_.table_text, page_.source);
  writer.end_object();
  return out;
}

Status PageRead::answer(Progress& progress, std::string_view image, json::Writer& writer) const {
  if (!page_.filter && (page_.count_only || !page_.projection)) {
    ++progress.matched;
    return page_.count_only ? Status() : json::write_encoded_item(writer, image);
  }
  ASSIGN_OR_RETURN(const Item item, decode_item(image));
  if (page_.filter) {
    ASSIGN_OR_RETURN(const bool wanted, page_.filter->evaluate(&item));
    if (!wanted) return {};
  }
  ++progress.matched;
  if (page_.count_only) return {};
  if (!page_.projection) return json::write_encoded_item(writer, image);
  json::write_attribute_map(writer, page_.projection->apply(item));
  return {};
}

Status PageRead::write_last_key(json::Writer& writer, std::string_view row) const {
  ASSIGN_OR_RETURN(const AttributeMap attributes, page_.source.last_key(row));
  writer.key("LastEvaluatedKey");
  json::write_attribute_map(writer, attributes);
  return {};
}

}  // namespace gyre::operations
