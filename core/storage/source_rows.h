// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/storage/partition_cache.h"
#include "core/storage/read_source.h"

namespace gyre::storage {

/// What one row of a source holds. The views last until the walk moves or another row is read.
struct SourceRow {
  std::string_view held;  ///< the item, or what of it the index holds, encoded
  std::string_view item;  ///< the same, or all of the item if it is fetched
  // DynamoDB's sizes.
  std::uint64_t bytes = 0;          ///< of what the source holds
  std::uint64_t fetched_bytes = 0;  ///< of the item, if it is fetched
};

/// How rows are read.
struct ReadBounds {
  ReadTier tier = ReadTier::kAll;
  /// How many deleted or overwritten rows one step may pass over; beyond: kIncomplete. 0 = any number.
  std::uint64_t skipped_rows_max = 0;
};

/// Walks the rows of a source, range after range; of an index with the items that the entries stand for, if
/// they are fetched: then all as of one moment. For one thread at a time. From ReadView::rows().
class SourceRows {
 public:
  /// All that is given outlives this.
  SourceRows(const Engine& engine, PartitionCache& partitions, const ReadSource& source, bool fetch,
             const ReadBounds& bounds);

  /// To the first row of `range`, or to the last. `to_the_end`: whether all will be gone through, for all
  /// that is known now.
  void begin(const RowRange& range, bool forward, bool to_the_end);
  /// Once begun: is there a row? If not, status() says why.
  bool valid() const { return rows_->valid(); }
  void step() { forward_ ? rows_->next() : rows_->prev(); }
  Result<SourceRow> read();
  /// Where the row is: see RowRange. Until the next step.
  std::string_view place() const { return rows_->key(); }
  Status status() const { return rows_->status(); }

 private:
  Result<SourceRow> fetch_item(SourceRow entry);
  Family family() const { return source_.index != nullptr ? Family::kIndexes : Family::kItems; }

  const Engine& engine_;
  PartitionCache& partitions_;
  const ReadSource& source_;
  const ReadBounds bounds_;
  std::shared_ptr<const Snapshot> snapshot_;  // only if items are fetched
  std::unique_ptr<Iterator> items_;           // likewise
  std::unique_ptr<Iterator> rows_;
  bool forward_ = true;
};

}  // namespace gyre::storage
