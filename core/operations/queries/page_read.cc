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
  Progress(storage::Store& store, const PageParameters& page, const ReadSlice& slice)
      : source(store, page.source, page.fetch, slice),
        rows(source.iterate(page.rows, !page.limit)),
        cost(page.consistent) {}

  std::string out;
  json::Writer writer{out};
  SourceRows source;
  std::unique_ptr<storage::Iterator> rows;
  SourceCost cost;
  std::int64_t scanned = 0;
  std::int64_t matched = 0;
};

PageRead::PageRead(storage::Store& store, PageParameters page) : store_(store), page_(std::move(page)) {}
PageRead::~PageRead() = default;

bool PageRead::full(const Progress& progress) const {
  return progress.cost.bytes() >= limits::kPageBytesMax || (page_.limit && progress.scanned >= *page_.limit);
}

Result<std::string> PageRead::read(ReadSlice& slice) {
  std::unique_ptr<Progress> progress = std::move(progress_);
  if (progress == nullptr) {
    progress = std::make_unique<Progress>(store_, page_, slice);
    progress->writer.begin_object();
    if (!page_.count_only) progress->writer.key("Items").begin_array();
    page_.forward ? progress->rows->seek_to_first() : progress->rows->seek_to_last();
  }
  Result<std::string> reply = go_on(*progress, slice);
  if (slice.goes_on(reply)) progress_ = std::move(progress);
  return reply;
}

Result<std::string> PageRead::go_on(Progress& progress, ReadSlice& slice) const {
  storage::Iterator& rows = *progress.rows;
  std::string last_row;
  while (rows.valid()) {
    if (slice.is_over()) return too_much_work();
    ASSIGN_OR_RETURN(const SourceRow row, progress.source.read(rows));
    ++progress.scanned;
    progress.cost.add(row);
    slice.work().add(limits::kRowUnits);
    RETURN_IF_ERROR(answer(progress, row.item, slice.work()));
    if (full(progress)) {
      last_row = rows.key();
      break;
    }
    page_.forward ? rows.next() : rows.prev();
  }
  RETURN_IF_ERROR(rows.status());
  return finish(progress, last_row);
}

Result<std::string> PageRead::finish(Progress& progress, std::string_view last_row) const {
  json::Writer& writer = progress.writer;
  if (!page_.count_only) writer.end_array();
  writer.key("Count").integer(progress.matched).key("ScannedCount").integer(progress.scanned);
  if (!last_row.empty()) {
    ASSIGN_OR_RETURN(const AttributeMap attributes, page_.source.last_key(last_row));
    writer.key("LastEvaluatedKey");
    json::write_attribute_map(writer, attributes);
  }
  page_.meter.consume(progress.cost.units());
  progress.cost.write(writer, page_.capacity, page_.table_text, page_.source);
  writer.end_object();
  return std::move(progress.out);
}

Status PageRead::answer(Progress& progress, std::string_view image, Work& work) const {
  const auto write_whole = [&] { return json::write_encoded_item(progress.writer, image, work); };
  if (!page_.filter && (page_.count_only || !page_.projection)) {
    ++progress.matched;
    return page_.count_only ? Status() : write_whole();
  }
  ASSIGN_OR_RETURN(const Item item, decode_item(image, work));
  if (page_.filter) {
    ASSIGN_OR_RETURN(const bool wanted, page_.filter->evaluate(&item, work));
    if (!wanted) return {};
  }
  ++progress.matched;
  if (page_.count_only) return {};
  if (!page_.projection) return write_whole();
  work.add(limits::kWrittenByteUnits * image.size());
  json::write_attribute_map(progress.writer, page_.projection->apply(item));
  return {};
}

}  // namespace gyre::operations
