// SPDX-License-Identifier: Apache-2.0
#include "core/storage/source_rows.h"

#include <string>
#include <utility>

#include "core/storage/index_rows.h"
#include "core/storage/row_keys.h"
#include "core/storage/stored_item.h"

namespace gyre::storage {
namespace {

Result<SourceRow> read_item(std::string_view stored) {
  ASSIGN_OR_RETURN(const StoredImage found, stored_image(stored));
  return SourceRow{found.image, found.image, found.dynamodb_bytes, 0};
}

}  // namespace

SourceRows::SourceRows(const Engine& engine, PartitionCache& partitions, const ReadSource& source, bool fetch,
                       const ReadBounds& bounds)
    : engine_(engine), partitions_(partitions), source_(source), bounds_(bounds) {
  if (!fetch) return;
  snapshot_ = engine.snapshot();
  auto [lower, upper] = table_rows(source.table->schema.id);
  items_ = engine.iterate(Family::kItems, {.lower = std::move(lower),
                                           .upper = std::move(upper),
                                           .tier = bounds.tier,
                                           .snapshot = snapshot_.get()});
}

void SourceRows::begin(const RowRange& range, bool forward, bool to_the_end) {
  IterateOptions options{.lower = range.lower,
                         .upper = range.upper,
                         .tier = bounds_.tier,
                         .snapshot = snapshot_.get(),
                         .skipped_rows_max = bounds_.skipped_rows_max};
  rows_ = !snapshot_ && !range.partition.empty()
              ? partitions_.iterate(engine_, family(), range.partition, options, to_the_end)
              : engine_.iterate(family(), options);
  forward_ = forward;
  forward ? rows_->seek_to_first() : rows_->seek_to_last();
}

Result<SourceRow> SourceRows::read() {
  if (source_.index == nullptr) return read_item(rows_->value());
  ASSIGN_OR_RETURN(const IndexEntry entry, read_index_entry(rows_->value()));
  const SourceRow read{entry.image, entry.image, entry.dynamodb_bytes, 0};
  return items_ ? fetch_item(read) : read;
}

Result<SourceRow> SourceRows::fetch_item(SourceRow entry) {
  const TableSchema& table = source_.table->schema;
  ASSIGN_OR_RETURN(const IndexRowKeys keys, read_index_row(rows_->key(), *source_.index, table.key_schema));
  const std::string row = item_row(table.id, keys.item);
  items_->seek(row);
  RETURN_IF_ERROR(items_->status());
  if (!items_->valid() || items_->key() != row) {
    return Error::corruption("an index entry stands for no item");
  }
  ASSIGN_OR_RETURN(const SourceRow item, read_item(items_->value()));
  return SourceRow{entry.held, item.item, entry.bytes, item.bytes};
}

}  // namespace gyre::storage
