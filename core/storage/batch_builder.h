// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <vector>

#include "core/model/version.h"
#include "core/storage/batch_overlay.h"
#include "core/storage/change_record.h"
#include "core/storage/commit_batch.h"
#include "core/storage/staged_request.h"
#include "core/storage/table_counts.h"
#include "core/storage/writer.h"

namespace gyre::storage {

/// How far the region's log has come and what its tables hold, as the writer counts: ahead of what is durable
/// while a batch is built. Writer thread.
struct WriterState {
  HybridClock clock;
  SequenceNumber last_sequence;
  std::map<ShardId, ShardHead> heads;     ///< of every shard that is known, open and closed
  std::map<TableId, TableCounts> counts;  ///< of every living table
};

/// Turns the intents of evaluated requests into what is committed at once: spends stamps, sequences and
/// ordinals, encodes items and their change records, and lays both over the overlay. Cannot fail: whatever
/// could was checked when it was staged. One per batch; writer thread.
class BatchBuilder {
 public:
  BatchBuilder(RegionId region, std::uint64_t now_ms, WriterState& log, BatchOverlay& overlay)
      : region_(std::move(region)), now_ms_(now_ms), log_(log), overlay_(overlay) {}

  void add(StagedRequest& request);
  /// Once all requests are added: the counts that they changed.
  void put_counts();

  const CommitBatch& batch() const { return batch_; }
  const std::set<ShardId>& touched() const { return touched_; }  ///< shards with new records, and new shards
  const std::set<ShardId>& trimmed() const { return trimmed_; }
  const std::set<TableId>& counted() const { return counted_; }  ///< tables whose counts changed or are gone
  bool catalog_changed() const { return catalog_changed_; }

 private:
  // What all records of one request share.
  struct Stamped {
    HybridTime stamp;
    std::uint64_t transaction_id;
    std::uint32_t participant_count;
    const StagedRequest& request;
    std::vector<ShardDescriptor> closed;
    std::uint32_t conflicts = 0;
  };

  void write(Stamped& stamped, ItemIntent& intent);
  void write(Stamped& stamped, VectorIntent& intent);
  void write(Stamped& stamped, IndexIntent& intent);
  void write(Stamped& stamped, FilledIntent& intent);
  void write(Stamped& stamped, RowIntent& intent);
  void write(Stamped& stamped, CatalogChange& change);
  void write(Stamped& stamped, Conflict& conflict);

  void write_rows(Stamped& stamped, const TableChanged& change);
  void write_rows(Stamped& stamped, const TableDropped& change);
  void write_rows(Stamped& stamped, ShardChanged& change);
  void write_rows(Stamped& stamped, const ShardTrimmed& change);
  template <class Message>
  void write_rows(Stamped&, const Message&) {}

  ChangeRecord new_record(const Stamped& stamped, ChangeKind kind, ShardId shard);
  /// Answers where the new image lies.
  log::Reference append(ChangeRecord& record, const RecordParts& parts);
  void put_stored(const ItemIntent& intent, const StoredItem& after, const log::Reference& image);
  void put_entry(IndexChange& change, std::string_view image = {}, const log::Reference& tail = {});
  void count_entries(TableId table, IndexId index, const RowDelta& delta, bool being_built);
  void add_count(TableId table, RowCount& count, const RowDelta& delta);
  void adopt_catalog(const Stamped& stamped);

  const RegionId region_;
  const std::uint64_t now_ms_;
  WriterState& log_;
  BatchOverlay& overlay_;
  CommitBatch batch_;
  std::set<ShardId> touched_;
  std::set<ShardId> trimmed_;
  std::set<TableId> counted_;
  bool catalog_changed_ = false;
};

}  // namespace gyre::storage
