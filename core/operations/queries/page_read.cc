// SPDX-License-Identifier: Apache-2.0
#include "core/operations/queries/page_read.h"

#include <fmt/core.h>

#include <memory>
#include <set>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/index_keys.h"
#include "core/model/item_codec.h"

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
  Progress(storage::Store& store, const PageReading& reading, const ReadSlice& slice)
      : walk(store.reads(), reading, 0, slice) {}

  std::string out;
  json::Writer writer{out};
  PageWalk walk;
  std::int64_t matched = 0;
};

PageRead::PageRead(storage::Store& store, PageParameters page) : store_(store), page_(std::move(page)) {}
PageRead::~PageRead() = default;

PageReading PageRead::reading() const {
  return {.source = page_.source,
          .ranges = std::span(&page_.rows, 1),
          .forward = page_.forward,
          .fetch = page_.fetch,
          .limit = page_.limit,
          .consistent = page_.consistent};
}

Result<std::string> PageRead::read(ReadSlice& slice) {
  std::unique_ptr<Progress> progress = std::move(progress_);
  if (progress == nullptr) {
    progress = std::make_unique<Progress>(store_, reading(), slice);
    progress->writer.begin_object();
    if (!page_.count_only) progress->writer.key("Items").begin_array();
  }
  Result<std::string> reply = go_on(*progress, slice);
  if (slice.goes_on(reply)) progress_ = std::move(progress);
  return reply;
}

Result<std::string> PageRead::go_on(Progress& progress, ReadSlice& slice) const {
  RETURN_IF_ERROR(progress.walk.go_on(
      slice, [&](const storage::SourceRow& row, Work& work) { return answer(progress, row.item, work); }));
  return finish(progress);
}

Result<std::string> PageRead::finish(Progress& progress) const {
  json::Writer& writer = progress.writer;
  const PageWalk& walk = progress.walk;
  if (!page_.count_only) writer.end_array();
  writer.key("Count").integer(progress.matched).key("ScannedCount").integer(walk.scanned());
  if (walk.stopped_at()) {
    ASSIGN_OR_RETURN(const AttributeMap attributes, page_.source.keys_at(walk.stopped_at()->place));
    writer.key("LastEvaluatedKey");
    json::write_attribute_map(writer, attributes);
  }
  page_.meter.consume(walk.cost().units());
  walk.cost().write(writer, page_.capacity, page_.table_text, page_.source);
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
