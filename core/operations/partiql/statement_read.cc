// SPDX-License-Identifier: Apache-2.0
#include "core/operations/partiql/statement_read.h"

#include <fmt/core.h>

#include <limits>
#include <set>
#include <utility>

#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/index_keys.h"
#include "core/model/item_codec.h"
#include "core/partiql/access_path.h"

namespace gyre::operations {
namespace {

RowRange rows_of(const expressions::KeyCondition& read, const PageSource& source) {
  const bool one_item = source.index == nullptr && source.keys().sort.empty();
  return one_item ? source.item_rows(read.partition) : source.rows_of(read);
}

Result<PageSource> find_source(const partiql::Source& named, storage::TablePointer table, bool consistent) {
  PageSource source;
  source.table = std::move(table);
  if (!named.index) return source;
  source.index = source.table->schema.find_index(*named.index);
  if (source.index == nullptr || source.index->status == IndexStatus::kDeleting) {
    return Error::validation("The table does not have the specified index");
  }
  RETURN_IF_ERROR(check_single_keys(*source.index));
  if (consistent && !source.index->local) {
    return Error::validation("Strongly consistent read is not supported on Global Secondary Indexes");
  }
  if (source.index->status == IndexStatus::kCreating) {
    return Error::validation("Cannot read from backfilling global secondary index: " + *named.index);
  }
  return source;
}

/// "a, b": those that the index does not hold, in their order.
std::string unprojected(const PageSource& source, const std::vector<std::string>& names) {
  if (source.index == nullptr) return "";
  std::set<std::string> told;
  std::string missing;
  for (const std::string& name : names) {
    if (is_projected(*source.index, source.table->schema.key_schema, name)) continue;
    if (told.insert(name).second) missing += (missing.empty() ? "" : ", ") + name;
  }
  return missing;
}

// A local index fetches columns that it does not hold. What a WHERE clause looks at is never fetched: beside
// a key it is refused, in a scan it is not there.
Status check_projected(SelectPage& page, bool keyed) {
  const std::string filtered =
      keyed && page.filter ? unprojected(page.source, page.filter->attribute_names()) : "";
  const std::string selected = page.columns ? unprojected(page.source, page.columns->attribute_names()) : "";
  constexpr std::string_view kInvalid = "One or more parameter values were invalid";
  if (!selected.empty() && !page.source.index->local) {
    return Error::validation(fmt::format("{}: Global secondary index {} does not project [{}]", kInvalid,
                                         page.source.index->name, selected));
  }
  if (!filtered.empty()) {
    return Error::validation(
        fmt::format("{}: Secondary index {} does not project one or more filter attributes: [{}]", kInvalid,
                    page.source.index->name, filtered));
  }
  page.fetch = !selected.empty();
  return {};
}

}  // namespace

Status check_single_keys(const IndexSchema& index) {
  if (index.partition.size() <= 1 && index.sort.size() <= 1) return {};
  return Error::validation(
      "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute "
      "RANGE keys.");
}

Result<SelectPage> plan_select(PreparedStatement statement, bool consistent, const RegionId& region,
                               const storage::CatalogSnapshot& catalog) {
  ASSIGN_OR_RETURN(TableReference reference, statement_table(statement.bound, region));
  auto& select = std::get<partiql::BoundSelect>(statement.bound);
  ASSIGN_OR_RETURN(storage::TablePointer table, find_item_table(catalog, reference.name));
  SelectPage page;
  ASSIGN_OR_RETURN(page.source, find_source(select.source, std::move(table), consistent));
  ASSIGN_OR_RETURN(const partiql::AccessPath path,
                   partiql::find_access_path(select.where, select.order, page.source.keys()));
  page.forward = path.forward;
  for (const expressions::KeyCondition& read : path.reads) page.ranges.push_back(rows_of(read, page.source));
  if (path.scan) {
    page.ranges.push_back(page.source.hash_range(0, std::numeric_limits<std::uint64_t>::max()));
  }
  page.table_text = std::move(reference.text);
  page.columns = std::move(select.columns);
  page.binding = statement.binding;
  page.consistent = consistent;
  if (path.filtered) page.filter = expressions::Condition::of(*std::move(select.where));
  RETURN_IF_ERROR(check_projected(page, path.keyed));
  return page;
}

Status start_at_token(SelectPage& page, std::string_view token) {
  ASSIGN_OR_RETURN(SelectPosition start, decode_next_token(token, page.binding));
  const bool within = start.read < page.ranges.size() && page.ranges[start.read].holds(start.row);
  if (!within) return Error::validation("NextToken does not match request");
  page.ranges[start.read].start_after(start.row, page.forward);
  page.start = std::move(start);
  return {};
}

struct SelectRead::Progress {
  Progress(storage::Store& store, const PageReading& reading, std::size_t first_range, const ReadSlice& slice)
      : walk(store.reads(), reading, first_range, slice) {}

  std::string out;
  json::Writer writer{out};
  PageWalk walk;
};

SelectRead::SelectRead(storage::Store& store, SelectPage page) : store_(store), page_(std::move(page)) {}
SelectRead::~SelectRead() = default;

PageReading SelectRead::reading() const {
  return {.source = page_.source,
          .ranges = page_.ranges,
          .forward = page_.forward,
          .fetch = page_.fetch,
          .limit = page_.limit,
          .consistent = page_.consistent};
}

Result<std::string> SelectRead::read(ReadSlice& slice) {
  std::unique_ptr<Progress> progress = std::move(progress_);
  if (progress == nullptr) {
    progress = std::make_unique<Progress>(store_, reading(), page_.start ? page_.start->read : 0, slice);
    progress->writer.begin_object().key("Items").begin_array();
  }
  Result<std::string> reply = go_on(*progress, slice);
  if (slice.goes_on(reply)) progress_ = std::move(progress);
  return reply;
}

Result<std::string> SelectRead::go_on(Progress& progress, ReadSlice& slice) const {
  const PageWalk& walk = progress.walk;
  RETURN_IF_ERROR(progress.walk.go_on(
      slice, [&](const storage::SourceRow& row, Work& work) { return take(progress, row, work); }));
  json::Writer& writer = progress.writer;
  writer.end_array();
  if (walk.stopped_at()) {
    const SelectPosition stopped_at{walk.stopped_at()->range, walk.stopped_at()->place};
    if (!is_last(stopped_at)) RETURN_IF_ERROR(write_position(writer, stopped_at));
  }
  page_.meter.consume(walk.cost().units());
  walk.cost().write(writer, page_.capacity, page_.table_text, page_.source);
  writer.end_object();
  return std::move(progress.out);
}

Status SelectRead::take(Progress& progress, const storage::SourceRow& row, Work& work) const {
  if (page_.filter) {
    ASSIGN_OR_RETURN(const Item held, decode_item(row.held, work));
    ASSIGN_OR_RETURN(const bool wanted, page_.filter->evaluate(&held, work));
    if (!wanted) return {};
  }
  if (!page_.columns) return json::write_encoded_item(progress.writer, row.held, work);
  work.add(limits::kWrittenByteUnits * row.item.size());
  ASSIGN_OR_RETURN(const Item item, decode_item(row.item, work));
  json::write_attribute_map(progress.writer, page_.columns->apply(item));
  return {};
}

bool SelectRead::is_last(const SelectPosition& position) const {
  return position.read + 1 == page_.ranges.size() &&
         page_.ranges[position.read].ends_at(position.row, page_.forward);
}

Status SelectRead::write_position(json::Writer& writer, const SelectPosition& position) const {
  writer.member("NextToken", encode_next_token(page_.binding, position));
  ASSIGN_OR_RETURN(const AttributeMap key, page_.source.keys_at(position.row));
  writer.key("LastEvaluatedKey");
  json::write_attribute_map(writer, key);
  return {};
}

}  // namespace gyre::operations
