// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/limits.h"
#include "core/storage/batch_overlay.h"
#include "core/storage/catalog_editor.h"
#include "core/storage/index_rows.h"
#include "core/storage/write_transaction.h"

namespace gyre::storage {

// What a request wants, kept until its evaluation has succeeded: only then are a stamp, sequences and
// ordinals spent on it.

/// An item is to become `image` (nothing = deleted).
struct ItemIntent {
  TablePointer table;  ///< shared with the snapshot: as it was when this was staged
  ShardId shard;
  std::string row;
  std::string keys;  ///< as an encoded item
  StoredPointer before;
  std::optional<std::string> image;
  std::uint64_t dynamodb_bytes = 0;
  /// A write that was decided elsewhere keeps its version; a local one gets this request's stamp.
  struct Decided {
    Version version;
    VersionVector vector;
    Origin origin;
    bool backfill;
    Audit audit;
  };
  std::optional<Decided> decided;
  std::vector<IndexChange> index_changes;  ///< filled by stage_index_changes()
};
/// An entry of a secondary or the expiry index that no write of an item changes. It is not counted.
struct IndexIntent {
  IndexChange entry;
};
/// A fill is complete and flushed; its cursor goes (fills.h).
struct FilledIntent {
  TableId table;
  Family family;
  std::string cursor_row;
  IndexId index = {};     ///< of a secondary index
  RowDelta missing = {};  ///< in its count
};
/// Only the header of what stands at `row` changes.
struct VectorIntent {
  std::string row;
  StoredPointer after;
};
struct RowIntent {
  std::string key;
  std::optional<std::string> value;
};
using Intent =
    std::variant<ItemIntent, VectorIntent, IndexIntent, FilledIntent, RowIntent, CatalogChange, Conflict>;

/// What a request asks of the disk, the least first: nothing; a few rows of the catalog, so that space can be
/// given back; records of deletes; rows that were not there.
enum class Growth { kNone, kTrims, kDeletes, kGrows };

/// What the evaluation of one request may draw on, beside the overlay.
struct EvaluationContext {
  std::uint64_t now_ms = 0;
  RegionId region;
  SequenceNumber last_sequence;
  HybridClock& clock;
  const std::function<std::uint64_t()>& random;
  std::size_t staged_bytes_max = 0;  ///< as rows in the engine
  std::size_t frame_bytes_max = 0;   ///< in the log
};

/// The writer's WriteTransaction, with all of its parts: reads through its own intents and the overlay,
/// writes intents. A second local write of an item replaces the first, since both would carry the same stamp.
/// Lives for one evaluation.
class StagedRequest final : public WriteTransaction,
                            private TransactionItems,
                            private TransactionCatalog,
                            private TransactionRows,
                            private TransactionExpiry,
                            private TransactionClock {
 public:
  StagedRequest(BatchOverlay& overlay, const EvaluationContext& context);

  TransactionItems& items() override { return *this; }
  TransactionCatalog& catalog() override { return *this; }
  TransactionRows& rows() override { return *this; }
  TransactionExpiry& expiry() override { return *this; }
  TransactionClock& clock() override { return *this; }
  const RegionId& region() const override { return context_.region; }
  std::uint64_t random() override { return context_.random(); }
  Work& work() override { return work_; }
  void set_audit(std::shared_ptr<const Audit> audit) override { audit_ = std::move(audit); }

  /// Once the request is evaluated: what its items change in the indexes of their tables.
  Status stage_index_changes();
  /// kRequestTooLarge if the engine could not take what was staged in one batch.
  Status check_size() const;
  Growth growth() const;
  /// It staged nothing but what a step of a fill may.
  bool can_be_lost() const;

  std::vector<Intent>& intents() { return intents_; }
  const std::shared_ptr<const CatalogSnapshot>& catalog_after() const { return catalog_; }
  /// The entries that it changes in indexes that are being built: sizes, by row.
  const std::map<std::string, std::optional<std::uint64_t>>& entries() const { return entries_; }
  const Audit& audit() const;

 private:
  void offer(PrefetchedItem prefetched) override { overlay_.offer(std::move(prefetched)); }
  Result<StoredItem> read(const TableEntry& table, const ItemKey& key) override;
  Status put(const TableEntry& table, const ItemKey& key, std::string image) override;
  Status erase(const TableEntry& table, const ItemKey& key) override;
  Status put_version(const TableEntry& table, const ItemKey& key, VersionedWrite write) override;
  Status put_vector(const TableEntry& table, const ItemKey& key, VersionVector merged) override;
  void record_conflict(Conflict conflict) override;
  Status add_to_index(const TableEntry& table, IndexId index, const ItemKey& key) override;
  void complete_index(TableId table, IndexId index, RowDelta missing) override;
  Result<std::vector<IndexWrite>> index_writes(const TableEntry& table, const ItemKey& key) override;

  const CatalogSnapshot& snapshot() const override { return *catalog_; }
  Status put_table(TableSchema schema) override;
  Status drop_table(TableId id) override;
  Status roll_shards(TableId id, const std::string& stream_label) override;
  Status trim_shard(ShardId shard) override;
  void keep_head(ShardId shard, const log::ShardHead& head) override;
  void announce(RoomMessage message) override;
  TableId new_table_id() override { return TableId(context_.clock.stamp(context_.now_ms)); }
  IndexId new_index_id() override { return IndexId(context_.clock.stamp(context_.now_ms)); }

  Result<std::optional<std::string>> read(const RoomRow& row) override;
  void put(const RoomRow& row, std::string value) override;
  void erase(const RoomRow& row) override;

  void add(const ExpiryRow& row) override;
  void remove(const ExpiryRow& row) override;
  void set_cursor(TableId table, std::string item_row) override;
  void complete(TableId table) override;

  std::uint64_t now_ms() const override { return context_.now_ms; }
  HybridTime last_stamp() const override { return context_.clock.last(); }
  void observe(HybridTime remote) override { context_.clock.observe(remote); }

  // The living table as this request sees it now: the caller's may be older.
  Result<TablePointer> current(const TableEntry& table) const;
  Result<StoredPointer> stored(const TableSchema& table, const std::string& row) const;
  Result<ItemIntent> new_intent(TablePointer table, const ItemKey& key, std::string row) const;
  ItemIntent* staged_item(const std::string& row);
  Status stage_local(const TableEntry& table, const ItemKey& key, std::optional<std::string> image);
  void stage(const std::string& row, Intent intent);
  Status take(Result<CatalogEdit> edit);
  Growth growth_of(const Intent& intent) const;
  ShardStamps shard_stamps();
  void stage_row(const RoomRow& row, std::optional<std::string> value);
  Status count_entry(const TableSchema& table, IndexChange& change);

  BatchOverlay& overlay_;
  EvaluationContext context_;
  std::shared_ptr<const CatalogSnapshot> catalog_;
  std::vector<Intent> intents_;
  std::map<std::string, std::size_t, std::less<>> item_intents_;  // row -> the newest intent for it
  std::map<std::string, std::optional<std::string>, std::less<>> rows_;
  std::map<std::string, std::optional<std::uint64_t>> entries_;  // of indexes that are being built
  std::shared_ptr<const Audit> audit_;                           // null: nobody asked
  Work work_{limits::kWriterUnits};
};

}  // namespace gyre::storage
