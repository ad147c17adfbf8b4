// SPDX-License-Identifier: Apache-2.0
#include "core/operations/queries/source_rows.h"

#include <utility>

#include "core/storage/index_rows.h"
#include "core/storage/row_keys.h"
#include "core/storage/stored_item.h"

namespace gyre::operations {
namespace {

Result<SourceRow> read_item(std::string_view stored) {
  ASSIGN_OR_RETURN(const storage::StoredImage found, storage::stored_image(stored));
  return SourceRow{found.image, found.image, found.dynamodb_bytes, 0};
}

}  // namespace

void SourceCost::add(const SourceRow& row) {
  bytes_ += row.bytes;
  fetched_bytes_ += row.fetched_bytes;
  if (row.fetched_bytes > 0) fetched_units_ += read_units(row.fetched_bytes, consistent_);
}

double SourceCost::units() const {
  return read_units(bytes_, consistent_) + fetched_units_;
}

void SourceCost::write(json::Writer& writer, CapacityDetail detail, std::string_view table,
                       const PageSource& source) const {
  const double units = read_units(bytes_, consistent_);
  ConsumedCapacity consumed(detail);
  if (source.index == nullptr) {
    consumed.add(table, units);
  } else {
    consumed.add(table, fetched_units_);
    consumed.add_index(table, source.index->name, source.index->local, units);
  }
  consumed.write_one(writer);
}

SourceRows::SourceRows(storage::Store& store, const PageSource& source, bool fetch, const ReadSlice& slice)
    : store_(store), source_(source), tier_(slice.tier()), skipped_rows_max_(slice.skipped_rows_max()) {
  if (!fetch) return;
  snapshot_ = store.engine().snapshot();
  auto [lower, upper] = storage::table_rows(source.table->schema.id);
  items_ = store.engine().iterate(
      storage::Family::kItems,
      {.lower = std::move(lower), .upper = std::move(upper), .tier = tier_, .snapshot = snapshot_.get()});
}

std::unique_ptr<storage::Iterator> SourceRows::iterate(const RowRange& range, bool to_the_end) const {
  storage::IterateOptions options{
      .lower = range.lower, .upper = range.upper, .tier = tier_, .skipped_rows_max = skipped_rows_max_};
  if (!snapshot_ && !range.partition.empty()) {
    return store_.iterate_partition(source_.family(), range.partition, options, to_the_end);
  }
  options.snapshot = snapshot_.get();
  return store_.engine().iterate(source_.family(), options);
}

Result<SourceRow> SourceRows::read(const storage::Iterator& row) {
  if (source_.index == nullptr) return read_item(row.value());
  ASSIGN_OR_RETURN(const storage::IndexEntry entry, storage::read_index_entry(row.value()));
  const SourceRow read{entry.image, entry.image, entry.dynamodb_bytes, 0};
  return items_ ? fetch_item(row, read) : read;
}

Result<SourceRow> SourceRows::fetch_item(const storage::Iterator& row, SourceRow entry) {
  ASSIGN_OR_RETURN(const std::string item_row, source_.item_row(row.key()));
  items_->seek(item_row);
  RETURN_IF_ERROR(items_->status());
  if (!items_->valid() || items_->key() != item_row) {
    return Error::corruption("an index entry has no item");
  }
  ASSIGN_OR_RETURN(const SourceRow item, read_item(items_->value()));
  return SourceRow{entry.held, item.item, entry.bytes, item.bytes};
}

}  // namespace gyre::operations
