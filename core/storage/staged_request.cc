// SPDX-License-Identifier: Apache-2.0
#include "core/storage/staged_request.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/model/find_index.h"
#include "core/model/item_codec.h"
#include "core/storage/catalog_rows.h"
#include "core/storage/encoded_size.h"
#include "core/storage/new_names.h"
#include "core/storage/row_keys.h"
#include "core/storage/shard_heads.h"

namespace gyre::storage {
namespace {

std::size_t bytes_of(const IndexChange& change) {
  return change.row.size() + (change.value ? change.value->size() : 0);
}

// What an intent stages, at most.
struct StagedBytes {
  std::size_t rows = 0;   // of the engine, as they are applied, and records
  std::size_t frame = 0;  // images are in it once, in their record, and rows refer to them
};

StagedBytes staged_bytes(const ItemIntent& item) {
  constexpr std::size_t kHeadersMax = 4096;
  const std::size_t before = item.before->image ? item.before->image->size() : 0;
  const std::size_t image = item.image ? item.image->size() : 0;
  StagedBytes bytes;
  bytes.frame = kHeadersMax + before + image + 3 * item.row.size();
  bytes.rows = bytes.frame + image;
  for (const IndexChange& change : item.index_changes) {
    const bool is_whole = change.value && item.image && change.value->ends_with(*item.image);
    bytes.rows += bytes_of(change);
    bytes.frame += bytes_of(change) - (is_whole ? image : 0);
  }
  return bytes;
}

StagedBytes staged_bytes(const Intent& intent) {
  constexpr std::size_t kHeadersMax = 4096;
  const auto both = [](std::size_t bytes) { return StagedBytes{bytes, bytes}; };
  if (const auto* item = std::get_if<ItemIntent>(&intent)) return staged_bytes(*item);
  if (const auto* index = std::get_if<IndexIntent>(&intent)) return both(bytes_of(index->entry));
  if (const auto* row = std::get_if<RowIntent>(&intent))
    return both(row->key.size() + (row->value ? row->value->size() : 0));
  if (const auto* conflict = std::get_if<Conflict>(&intent)) {
    return both(kHeadersMax + conflict->winner_image.size() + conflict->loser_image.size());
  }
  if (const auto* vector = std::get_if<VectorIntent>(&intent)) {
    return both(kHeadersMax + (vector->after->image ? vector->after->image->size() : 0));
  }
  return both(kHeadersMax);
}

}  // namespace

StagedRequest::StagedRequest(BatchOverlay& overlay, const EvaluationContext& context)
    : overlay_(overlay), context_(context), catalog_(overlay.catalog()) {}

Result<TablePointer> StagedRequest::current(const TableEntry& table) const {
  TablePointer now = catalog_->find(table.schema.id);
  if (now == nullptr || now->schema.deleted_ms) {
    return Error::resource_not_found("Requested resource not found: Table: " + table.schema.name +
                                     " not found");
  }
  return now;
}

Result<StoredPointer> StagedRequest::stored(const TableSchema& table, const std::string& row) const {
  const auto found = item_intents_.find(row);
  if (found == item_intents_.end()) return overlay_.item(table, row);
  const Intent& newest = intents_[found->second];
  if (const auto* vector = std::get_if<VectorIntent>(&newest)) return vector->after;
  const ItemIntent& intent = std::get<ItemIntent>(newest);
  auto item = std::make_shared<StoredItem>(*intent.before);
  item->image = intent.image;
  item->dynamodb_bytes = intent.dynamodb_bytes;
  if (intent.decided) {
    item->version = intent.decided->version;
    item->vector = intent.decided->vector;
  }
  return StoredPointer(std::move(item));
}

Result<StoredItem> StagedRequest::read(const TableEntry& table, const ItemKey& key) {
  const Result<TablePointer> now = current(table);
  if (!now.ok()) return StoredItem();  // a dropped table is empty
  ASSIGN_OR_RETURN(const StoredPointer item, stored((*now)->schema, item_row(table.schema.id, key)));
  return *item;
}

Status StagedRequest::put(const TableEntry& table, const ItemKey& key, std::string image) {
  return stage_local(table, key, std::move(image));
}

Status StagedRequest::erase(const TableEntry& table, const ItemKey& key) {
  return stage_local(table, key, std::nullopt);
}

Result<ItemIntent> StagedRequest::new_intent(TablePointer table, const ItemKey& key, std::string row) const {
  ItemIntent intent;
  ASSIGN_OR_RETURN(const AttributeMap keys, key_attributes(table->schema.key_schema, key));
  intent.keys = encode_item(keys);
  ASSIGN_OR_RETURN(intent.before, stored(table->schema, row));
  intent.shard = table->open_shard(key.partition_hash).id;
  intent.table = std::move(table);
  intent.row = std::move(row);
  return intent;
}

ItemIntent* StagedRequest::staged_item(const std::string& row) {
  const auto found = item_intents_.find(row);
  return found == item_intents_.end() ? nullptr : std::get_if<ItemIntent>(&intents_[found->second]);
}

Status StagedRequest::stage_local(const TableEntry& table, const ItemKey& key,
                                  std::optional<std::string> image) {
  std::uint64_t bytes = 0;
  if (image) {
    ASSIGN_OR_RETURN(bytes, encoded_dynamodb_size(*image));
  }
  ASSIGN_OR_RETURN(TablePointer now, current(table));
  std::string row = item_row(table.schema.id, key);
  ItemIntent* earlier = staged_item(row);
  if (earlier != nullptr && !earlier->decided) {
    earlier->image = std::move(image);
    earlier->dynamodb_bytes = bytes;
    return {};
  }
  ASSIGN_OR_RETURN(ItemIntent intent, new_intent(std::move(now), key, row));
  intent.image = std::move(image);
  intent.dynamodb_bytes = bytes;
  stage(row, std::move(intent));
  return {};
}

Status StagedRequest::put_version(const TableEntry& table, const ItemKey& key, VersionedWrite write) {
  CHECK(write.version.clock != 0);
  std::uint64_t bytes = 0;
  if (write.image) {
    ASSIGN_OR_RETURN(bytes, encoded_dynamodb_size(*write.image));
  }
  ASSIGN_OR_RETURN(TablePointer now, current(table));
  std::string row = item_row(table.schema.id, key);
  const ItemIntent* earlier = staged_item(row);
  // The local write has no stamp yet that the caller could have resolved against.
  if (earlier != nullptr && !earlier->decided) return Error::internal("a decided write follows a local one");
  ASSIGN_OR_RETURN(ItemIntent intent, new_intent(std::move(now), key, row));
  intent.image = std::move(write.image);
  intent.dynamodb_bytes = bytes;
  intent.decided = ItemIntent::Decided{std::move(write.version), std::move(write.vector),
                                       std::move(write.origin), write.backfill, std::move(write.audit)};
  stage(row, std::move(intent));
  return {};
}

Status StagedRequest::put_vector(const TableEntry& table, const ItemKey& key, VersionVector merged) {
  ASSIGN_OR_RETURN(const TablePointer now, current(table));
  const std::string row = item_row(table.schema.id, key);
  const ItemIntent* earlier = staged_item(row);
  if (earlier != nullptr && !earlier->decided) return Error::internal("a vector follows a local write");
  ASSIGN_OR_RETURN(const StoredPointer before, stored(now->schema, row));
  if (before->version.clock == 0) return Error::internal("a vector needs something that stands there");
  if (before->vector == merged) return {};
  auto after = std::make_shared<StoredItem>(*before);
  after->vector = std::move(merged);
  stage(row, VectorIntent{row, std::move(after)});
  return {};
}

Status StagedRequest::add_to_index(const TableEntry& table, IndexId index, const ItemKey& key) {
  ASSIGN_OR_RETURN(const TablePointer now, current(table));
  const IndexSchema* found = find_index(now->schema, index);
  if (found == nullptr) return Error::resource_not_found("Index not found");
  const std::string row = item_row(now->schema.id, key);
  ASSIGN_OR_RETURN(const StoredPointer item, stored(now->schema, row));
  if (!item->exists()) return {};
  ASSIGN_OR_RETURN(std::optional<IndexChange> entry, index_entry(now->schema, *found, row, *item->image));
  if (!entry) return {};
  RETURN_IF_ERROR(count_entry(now->schema, *entry));
  intents_.emplace_back(IndexIntent{std::move(*entry)});
  return {};
}

void StagedRequest::complete_index(TableId table, IndexId index, RowDelta missing) {
  intents_.emplace_back(FilledIntent{table, Family::kCatalog, index_build_row(index).key(), index, missing});
}

// While an index is being built, what an item was does not tell whether it has an entry: that is looked up.
Status StagedRequest::count_entry(const TableSchema& table, IndexChange& change) {
  const IndexSchema* index = find_index(table, change.index);
  CHECK(index != nullptr);
  if (index->status != IndexStatus::kCreating) return {};
  const auto staged = entries_.find(change.row);
  std::optional<std::uint64_t> before;
  if (staged != entries_.end()) {
    before = staged->second;
  } else {
    ASSIGN_OR_RETURN(before, overlay_.entry_bytes(change.row));
  }
  std::optional<std::uint64_t> after;
  if (change.value) {
    ASSIGN_OR_RETURN(const IndexEntry entry, read_index_entry(*change.value));
    after = entry.dynamodb_bytes;
  }
  change.delta = {(after ? 1 : 0) - (before ? 1 : 0), static_cast<std::int64_t>(after.value_or(0)) -
                                                          static_cast<std::int64_t>(before.value_or(0))};
  change.being_built = true;
  entries_[change.row] = after;
  return {};
}

Result<std::vector<IndexWrite>> StagedRequest::index_writes(const TableEntry& table, const ItemKey& key) {
  const ItemIntent* intent = staged_item(item_row(table.schema.id, key));
  if (intent == nullptr) return std::vector<IndexWrite>();
  return storage::index_writes(intent->table->schema, intent->before->image, intent->image);
}

void StagedRequest::stage(const std::string& row, Intent intent) {
  item_intents_[row] = intents_.size();
  intents_.push_back(std::move(intent));
}

void StagedRequest::record_conflict(Conflict conflict) {
  intents_.emplace_back(std::move(conflict));
}

Result<std::optional<std::string>> StagedRequest::read(const RoomRow& row) {
  if (const auto found = rows_.find(row.key()); found != rows_.end()) return found->second;
  return overlay_.row(row.key());
}

void StagedRequest::put(const RoomRow& row, std::string value) {
  stage_row(row, std::move(value));
}

void StagedRequest::erase(const RoomRow& row) {
  stage_row(row, std::nullopt);
}

void StagedRequest::stage_row(const RoomRow& row, std::optional<std::string> value) {
  rows_[row.key()] = value;
  intents_.emplace_back(RowIntent{row.key(), std::move(value)});
}

void StagedRequest::add(const ExpiryRow& row) {
  intents_.emplace_back(IndexIntent{{encode_expiry_row(row), std::string()}});
}

void StagedRequest::remove(const ExpiryRow& row) {
  intents_.emplace_back(IndexIntent{{encode_expiry_row(row), std::nullopt}});
}

void StagedRequest::set_cursor(TableId table, std::string item_row) {
  intents_.emplace_back(IndexIntent{{expiry_cursor_row(table), std::move(item_row)}});
}

void StagedRequest::complete(TableId table) {
  intents_.emplace_back(FilledIntent{table, Family::kIndexes, expiry_cursor_row(table)});
}

Status StagedRequest::put_table(TableSchema schema) {
  if (schema.incarnation.value() == 0) schema.incarnation = new_incarnation(*this);
  return take(edit_put_table(*catalog_, std::move(schema), shard_stamps()));
}

Status StagedRequest::drop_table(TableId id) {
  return take(edit_drop_table(*catalog_, id, shard_stamps()));
}

Status StagedRequest::roll_shards(TableId id, const std::string& stream_label) {
  return take(edit_roll_shards(*catalog_, id, stream_label, shard_stamps()));
}

Status StagedRequest::trim_shard(ShardId shard) {
  return take(edit_trim_shard(*catalog_, shard));
}

void StagedRequest::announce(RoomMessage message) {
  intents_.emplace_back(CatalogChange(std::move(message)));
}

Status StagedRequest::take(Result<CatalogEdit> edit) {
  RETURN_IF_ERROR(edit);
  catalog_ = std::make_shared<const CatalogSnapshot>(std::move(edit->after));
  for (CatalogChange& change : edit->changes) intents_.emplace_back(std::move(change));
  return {};
}

ShardStamps StagedRequest::shard_stamps() {
  return {context_.now_ms, SequenceNumber(context_.last_sequence.value() + 1),
          [this] { return ShardId(context_.clock.stamp(context_.now_ms)); }};
}

const Audit& StagedRequest::audit() const {
  static const Audit nobody;
  return audit_ ? *audit_ : nobody;
}

Status StagedRequest::stage_index_changes() {
  for (Intent& intent : intents_) {
    auto* item = std::get_if<ItemIntent>(&intent);
    if (item == nullptr || item->table->schema.indexes.empty()) continue;
    const TableSchema& table = item->table->schema;
    RETURN_IF_ERROR(
        add_index_changes(table, item->row, item->before->image, item->image, item->index_changes));
    for (IndexChange& change : item->index_changes) RETURN_IF_ERROR(count_entry(table, change));
  }
  return {};
}

Growth StagedRequest::growth_of(const Intent& intent) const {
  if (const auto* item = std::get_if<ItemIntent>(&intent)) {
    return item->image ? Growth::kGrows : Growth::kDeletes;
  }
  if (const auto* index = std::get_if<IndexIntent>(&intent)) {
    return index->entry.value ? Growth::kGrows : Growth::kDeletes;
  }
  if (std::holds_alternative<FilledIntent>(intent)) return Growth::kDeletes;
  // Heads let the log be trimmed. Cursors and the like are small, and there is mostly one already.
  if (const auto* row = std::get_if<RowIntent>(&intent)) {
    return row->key.starts_with(kHeadPrefix) ? Growth::kTrims : Growth::kDeletes;
  }
  const auto* change = std::get_if<CatalogChange>(&intent);
  if (change == nullptr) return Growth::kGrows;
  if (const auto* table = std::get_if<TableChanged>(change)) {
    return overlay_.catalog()->find(table->schema.id) == nullptr ? Growth::kGrows : Growth::kDeletes;
  }
  const bool trims = std::holds_alternative<TableDropped>(*change) ||
                     std::holds_alternative<ShardChanged>(*change) ||
                     std::holds_alternative<ShardTrimmed>(*change);
  return trims ? Growth::kTrims : Growth::kDeletes;
}

void StagedRequest::keep_head(ShardId shard, const log::ShardHead& head) {
  if (shard != kCatalogShard && !catalog_->find_by_shard(shard)) return;
  intents_.emplace_back(RowIntent{head_row(shard), encode_head(head)});
}

Growth StagedRequest::growth() const {
  Growth most = Growth::kNone;
  for (const Intent& intent : intents_) most = std::max(most, growth_of(intent));
  return most;
}

bool StagedRequest::can_be_lost() const {
  return std::all_of(intents_.begin(), intents_.end(), [](const Intent& intent) {
    return std::holds_alternative<IndexIntent>(intent) || std::holds_alternative<RowIntent>(intent);
  });
}

Status StagedRequest::check_size() const {
  StagedBytes sum;
  for (const Intent& intent : intents_) {
    const StagedBytes bytes = staged_bytes(intent);
    sum.rows += bytes.rows;
    sum.frame += bytes.frame;
  }
  if (sum.rows > context_.staged_bytes_max || sum.frame > context_.frame_bytes_max) {
    return Error(ErrorCode::kRequestTooLarge, "the request writes more than the store takes at once");
  }
  return {};
}

}  // namespace gyre::storage
