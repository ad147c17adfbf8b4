// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/queries/page_source.h"
#include "core/operations/requests/api_names.h"
#include "core/storage/store.h"

namespace gyre::operations {

/// What one row of a source holds. The views last until the row's iterator moves or another row is read.
struct SourceRow {
  std::string_view held;  ///< the item, or what of it the index holds, encoded
  std::string_view item;  ///< the same, or all of the item if it is fetched
  // DynamoDB's sizes.
  std::uint64_t bytes = 0;          ///< of what the source holds
  std::uint64_t fetched_bytes = 0;  ///< of the item, if it is fetched
};

/// How much was read of a source: for the page's limit, and for the bill. What an index holds is paid at the
/// index, for the whole page; items that are fetched are paid at the table, each for itself (AWS developer
/// guide, "Provisioned throughput considerations for Local Secondary Indexes").
class SourceCost {
 public:
  explicit SourceCost(bool consistent) : consistent_(consistent) {}

  void add(const SourceRow& row);
  /// Of all that was read.
  std::uint64_t bytes() const { return bytes_ + fetched_bytes_; }
  double units() const;
  /// The reply's ConsumedCapacity, if it was asked for. `table` is what the request calls it.
  void write(json::Writer& writer, CapacityDetail detail, std::string_view table,
             const PageSource& source) const;

 private:
  bool consistent_;
  std::uint64_t bytes_ = 0;
  std::uint64_t fetched_bytes_ = 0;
  double fetched_units_ = 0;
};

/// Reads the rows of a source, of an index with the items that the entries point to if they are fetched: all
/// as of one moment, within the bounds of the slice that they are begun in. For one thread at a time.
class SourceRows {
 public:
  SourceRows(storage::Store& store, const PageSource& source, bool fetch, const ReadSlice& slice);

  /// `to_the_end`: whether all rows will be gone through, for all that is known now.
  std::unique_ptr<storage::Iterator> iterate(const RowRange& range, bool to_the_end) const;
  Result<SourceRow> read(const storage::Iterator& row);

 private:
  Result<SourceRow> fetch_item(const storage::Iterator& row, SourceRow entry);

  storage::Store& store_;
  const PageSource& source_;
  storage::ReadTier tier_;
  std::uint64_t skipped_rows_max_;
  std::shared_ptr<const storage::Snapshot> snapshot_;  // only if items are fetched
  std::unique_ptr<storage::Iterator> items_;           // likewise
};

}  // namespace gyre::operations
