// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/operations/capacity/capacity.h"
#include "core/operations/queries/page_source.h"
#include "core/operations/requests/api_names.h"
#include "core/storage/read_view.h"

namespace gyre::operations {

/// How much was read of a source: for the page's limit, and for the bill. What an index holds is paid at the
/// index, for the whole page; items that are fetched are paid at the table, each for itself (AWS developer
/// guide, "Provisioned throughput considerations for Local Secondary Indexes").
class SourceCost {
 public:
  explicit SourceCost(bool consistent) : consistent_(consistent) {}

  void add(const storage::SourceRow& row);
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

/// What a page of Query, Scan or SELECT reads.
struct PageReading {
  const PageSource& source;
  std::span<const RowRange> ranges;  ///< one after the other
  bool forward = true;
  bool fetch = false;  ///< of a local index: the items too
  std::optional<std::int64_t> limit;
  bool consistent = false;
};

/// A row of one of a page's ranges.
struct PagePosition {
  std::size_t range = 0;
  std::string place;
};

/// Walks the rows of a page until it is full: `limit` rows, or the one with which 1 MB (DynamoDB's sizes of
/// what is read, before any filter: what the source holds, and what is fetched besides) is reached. Lives for
/// the page, within the bounds of the slice that it was begun in. For one thread at a time.
class PageWalk {
 public:
  /// What `reading` refers to outlives this. Begins with `first_range`.
  PageWalk(const storage::ReadView& reads, const PageReading& reading, std::size_t first_range,
           const ReadSlice& slice);

  /// Calls `take(const SourceRow&, Work&) -> Status` for each row, until the page is full or all is read.
  /// kIncomplete if the slice is over before: then it is called again with another one.
  template <class Take>
  Status go_on(ReadSlice& slice, Take&& take) {
    for (; range_ < reading_.ranges.size(); ++range_) {
      if (!begun_) begin();
      for (; rows_.valid(); rows_.step()) {
        if (slice.is_over()) return too_much_work();
        ASSIGN_OR_RETURN(const storage::SourceRow row, rows_.read());
        ++scanned_;
        cost_.add(row);
        slice.work().add(limits::kRowUnits);
        RETURN_IF_ERROR(take(row, slice.work()));
        if (full()) {
          stopped_at_ = PagePosition{range_, std::string(rows_.place())};
          return {};
        }
      }
      RETURN_IF_ERROR(rows_.status());
      begun_ = false;
    }
    return {};
  }

  /// The last row of a full page; nothing if all is read.
  const std::optional<PagePosition>& stopped_at() const { return stopped_at_; }
  const SourceCost& cost() const { return cost_; }
  std::int64_t scanned() const { return scanned_; }

 private:
  void begin();
  bool full() const {
    return cost_.bytes() >= limits::kPageBytesMax || (reading_.limit && scanned_ >= *reading_.limit);
  }

  const PageReading reading_;
  storage::SourceRows rows_;
  std::size_t range_;
  bool begun_ = false;  // that range
  SourceCost cost_;
  std::int64_t scanned_ = 0;
  std::optional<PagePosition> stopped_at_;
};

}  // namespace gyre::operations
