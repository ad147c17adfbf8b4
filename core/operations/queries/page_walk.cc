// SPDX-License-Identifier: Apache-2.0
#include "core/operations/queries/page_walk.h"

namespace gyre::operations {

void SourceCost::add(const storage::SourceRow& row) {
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

PageWalk::PageWalk(const storage::ReadView& reads, const PageReading& reading, std::size_t first_range,
                   const ReadSlice& slice)
    : reading_(reading),
      rows_(reads.rows(reading.source, reading.fetch, {slice.tier(), slice.skipped_rows_max()})),
      range_(first_range),
      cost_(reading.consistent) {}

void PageWalk::begin() {
  rows_.begin(reading_.ranges[range_], reading_.forward, !reading_.limit);
  begun_ = true;
}

}  // namespace gyre::operations
