// SPDX-License-Identifier: Apache-2.0
#include "core/operations/partiql_read.h"

#include <utility>

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/partiql/access_path.h"
#include "core/storage/row_keys.h"
#include "core/storage/stored_item.h"

namespace gyre::operations {
namespace {

SelectPage::Range rows_of(const expressions::KeyCondition& read, const TableSchema& schema) {
  ItemKey partition;
  partition.partition = read.partition;
  partition.partition_hash = hash64(partition.partition);
  const std::string prefix = storage::partition_prefix(schema.id, partition);
  if (!schema.key_schema.sort) return {prefix, prefix + '\0'};  // one item, whose row is the prefix
  return {prefix + read.sort_lower.value_or(""),
          read.sort_upper ? prefix + *read.sort_upper : storage::prefix_end(prefix)};
}

}  // namespace

Result<SelectPage> plan_select(PreparedStatement statement, const RegionId& region,
                               const storage::CatalogSnapshot& catalog) {
  ASSIGN_OR_RETURN(TableReference reference, statement_table(statement.bound, region));
  auto& select = std::get<partiql::BoundSelect>(statement.bound);
  SelectPage page;
  ASSIGN_OR_RETURN(page.table, find_item_table(catalog, reference.name));
  const TableSchema& schema = page.table->schema;
  if (select.source.index) {
    if (schema.find_index(*select.source.index) == nullptr) {
      return Error::validation("The table does not have the specified index");
    }
    return Error::validation("Gyre: a SELECT from a secondary index is not supported yet; use Query or Scan");
  }
  ASSIGN_OR_RETURN(const partiql::AccessPath path,
                   partiql::find_access_path(select.where, select.order, schema.key_schema));
  page.forward = path.forward;
  for (const expressions::KeyCondition& read : path.reads) page.ranges.push_back(rows_of(read, schema));
  if (path.scan) {
    auto [lower, upper] = storage::table_rows(schema.id);
    page.ranges.push_back({std::move(lower), std::move(upper)});
  }
  page.table_text = std::move(reference.text);
  page.columns = std::move(select.columns);
  page.binding = statement.binding;
  if (path.filtered) page.filter = expressions::Condition::of(*std::move(select.where));
  return page;
}

Status start_at_token(SelectPage& page, std::string_view token) {
  ASSIGN_OR_RETURN(SelectPosition start, decode_next_token(token, page.binding));
  const bool within = start.read < page.ranges.size() && start.row >= page.ranges[start.read].lower &&
                      start.row < page.ranges[start.read].upper;
  if (!within) return Error::validation("NextToken does not match request");
  SelectPage::Range& range = page.ranges[start.read];
  (page.forward ? range.lower : range.upper) = page.forward ? start.row + '\0' : start.row;
  page.start = std::move(start);
  return {};
}

struct SelectRead::Progress {
  std::uint64_t bytes = 0;
  std::int64_t scanned = 0;
  std::optional<SelectPosition> stopped_at;
};

bool SelectRead::full(const Progress& progress) const {
  return progress.bytes >= limits::kPageBytesMax || (page_.limit && progress.scanned >= *page_.limit);
}

Result<std::string> SelectRead::read(storage::ReadTier tier) const {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("Items").begin_array();
  Progress progress;
  const std::size_t first = page_.start ? page_.start->read : 0;
  for (std::size_t i = first; i < page_.ranges.size() && !progress.stopped_at; ++i) {
    RETURN_IF_ERROR(read_range(i, tier, progress, writer));
  }
  writer.end_array();
  if (progress.stopped_at && !is_last(*progress.stopped_at)) {
    RETURN_IF_ERROR(write_position(writer, *progress.stopped_at));
  }
  write_consumed_capacity(writer, page_.capacity, page_.table_text,
                          read_units(progress.bytes, page_.consistent));
  writer.end_object();
  return out;
}

Status SelectRead::read_range(std::size_t index, storage::ReadTier tier, Progress& progress,
                              json::Writer& writer) const {
  const SelectPage::Range& range = page_.ranges[index];
  const std::unique_ptr<storage::Iterator> rows =
      engine_.iterate(storage::Family::kItems,
                      {.lower = range.lower, .upper = range.upper, .tier = tier, .snapshot = nullptr});
  if (page_.forward) {
    rows->seek_to_first();
  } else {
    rows->seek_to_last();
  }
  while (rows->valid()) {
    RETURN_IF_ERROR(take(progress, rows->value(), writer));
    if (full(progress)) {
      progress.stopped_at = SelectPosition{index, std::string(rows->key())};
      return {};
    }
    if (page_.forward) {
      rows->next();
    } else {
      rows->prev();
    }
  }
  return rows->status();
}

Status SelectRead::take(Progress& progress, std::string_view stored, json::Writer& writer) const {
  ASSIGN_OR_RETURN(const storage::StoredItem found, storage::decode_stored_item(stored));
  if (!found.exists()) return Error::corruption("a row of items holds no item");
  progress.bytes += found.dynamodb_bytes;
  ++progress.scanned;
  if (!page_.filter && !page_.columns) return json::write_encoded_item(writer, *found.image);
  ASSIGN_OR_RETURN(const Item item, decode_item(*found.image));
  if (page_.filter) {
    ASSIGN_OR_RETURN(const bool wanted, page_.filter->evaluate(&item));
    if (!wanted) return {};
  }
  if (!page_.columns) return json::write_encoded_item(writer, *found.image);
  json::write_attribute_map(writer, page_.columns->apply(item));
  return {};
}

bool SelectRead::is_last(const SelectPosition& position) const {
  if (position.read + 1 < page_.ranges.size()) return false;
  const SelectPage::Range& range = page_.ranges[position.read];
  return page_.forward ? position.row + '\0' >= range.upper : position.row <= range.lower;
}

Status SelectRead::write_position(json::Writer& writer, const SelectPosition& position) const {
  writer.member("NextToken", encode_next_token(page_.binding, position));
  const KeySchema& schema = page_.table->schema.key_schema;
  ASSIGN_OR_RETURN(const ItemKey key, storage::read_item_row(position.row, schema));
  ASSIGN_OR_RETURN(const AttributeMap attributes, key_attributes(schema, key));
  writer.key("LastEvaluatedKey");
  json::write_attribute_map(writer, attributes);
  return {};
}

}  // namespace gyre::operations
