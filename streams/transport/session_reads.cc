// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/session_reads.h"

#include <memory>

#include "core/model/item_codec.h"
#include "core/model/key.h"
#include "core/storage/change_record.h"
#include "core/storage/read_view.h"
#include "streams/transport/record_filter.h"

namespace gyre::streams {
namespace {

using storage::LogCursor;
using storage::ReadTier;

// --- shards ---

storage::ShardHead shard_head(storage::Store& store, ShardId shard) {
  return store.writer().head(shard).value_or(storage::ShardHead{shard, {}, {}, 0});
}

// Where a consumer goes on, if it has been here before.
Status load_checkpoint(ConsumerGate* gate, const ReadJob& job, ShardId shard, ReadAnswer& answer) {
  if (job.consumer.empty()) return {};
  answer.not_allowed = true;  // whatever is wrong from here on
  if (gate == nullptr) return Error::validation("this region keeps no checkpoints");
  ASSIGN_OR_RETURN(answer.checkpoint, gate->load(job.consumer, shard));
  answer.not_allowed = false;
  return {};
}

Status open_shard(storage::Store& store, ConsumerGate* gate, const ReadJob& job, LogCursor cursor,
                  ReadAnswer& answer) {
  const ShardId shard = cursor.shard;
  RETURN_IF_ERROR(load_checkpoint(gate, job, shard, answer));
  const bool goes_on = answer.checkpoint && !job.resume;
  if (goes_on) {
    cursor = answer.checkpoint->cursor;
    cursor.shard = shard;
  }
  if (job.filter.latest && !goes_on) {
    ASSIGN_OR_RETURN(cursor, store.change_log().seek_to_end(cursor.shard, ReadTier::kAll));
  } else {
    // Reading one record checks the epoch, and that what the cursor saw is still there.
    ASSIGN_OR_RETURN(const auto first, store.change_log().read(cursor, 1, 1, ReadTier::kAll));
  }
  cursor.epoch = store.epoch();
  answer.scanned_through = cursor;
  return {};
}

// What was read from `cursor` on becomes the answer.
Status take_slice(storage::Store& store, const ReadJob& job, const LogCursor& cursor, storage::LogSlice slice,
                  ReadAnswer& answer) {
  // What lies behind the durable head may still vanish with the power, and a reader must not keep what we
  // lose.
  std::erase_if(slice.entries,
                [&](const storage::LogEntry& entry) { return entry.ordinal > answer.head.ordinal; });
  answer.scanned_through = slice.empty() ? cursor : store.change_log().after(cursor.shard, slice.back());
  for (const storage::LogEntry& entry : slice) {
    ASSIGN_OR_RETURN(const bool wanted, passes(job.filter, store.region(), entry.bytes));
    if (!wanted) continue;
    if (job.json) {
      ASSIGN_OR_RETURN(std::string as_json, with_json_images(entry.bytes));
      answer.records.add(std::move(as_json));
    } else {
      answer.records.add(entry.bytes);
    }
  }
  for (storage::RecordList::Memory& memory : slice.memory) answer.records.keep(std::move(memory));
  return {};
}

Status read_shard(storage::Store& store, const ReadJob& job, const LogCursor& cursor, ReadAnswer& answer) {
  ASSIGN_OR_RETURN(storage::LogSlice slice,
                   store.change_log().read(cursor, job.records_max, job.bytes_max, ReadTier::kAll));
  return take_slice(store, job, cursor, std::move(slice), answer);
}

// --- table scans ---

// A row as a change record: what a first copy and a repair apply just as they apply the log.
Result<std::string> row_as_record(const storage::TableEntry& table, const storage::TableScan& rows) {
  const KeySchema& key_schema = table.schema.key_schema;
  ASSIGN_OR_RETURN(const ItemKey key, rows.key(key_schema));
  ASSIGN_OR_RETURN(const AttributeMap keys, key_attributes(key_schema, key));
  ASSIGN_OR_RETURN(storage::StoredItem stored, rows.stored());
  storage::ChangeRecord record;
  record.kind = stored.exists() ? storage::ChangeKind::kInsert : storage::ChangeKind::kRemove;
  record.table = table.schema.id;
  record.keys = encode_item(keys);
  if (stored.exists()) record.new_image = std::move(*stored.image);
  record.version = stored.version;
  record.vector = std::move(stored.vector);
  record.origin.region = stored.version.region;
  record.commit_time = stored.version.clock;
  record.backfill = true;
  return storage::encode_change_record(record);
}

Status read_scan(storage::Store& store, const ReadJob& job, const ScanPlace& place, ReadAnswer& answer) {
  const storage::TablePointer table = store.catalog().snapshot()->find(place.table);
  if (!table || table->schema.deleted_ms)
    return Error::resource_not_found("the table was deleted during its scan");
  ASSIGN_OR_RETURN(storage::TableScan rows,
                   store.reads().scan({.table = place.table, .after = place.after, .tombstones = true}));
  answer.scan_position = place.after;
  if (job.opening) return {};
  for (; rows.valid(); rows.step()) {
    if (answer.records.size() >= job.records_max || answer.records.bytes() >= job.bytes_max)
      return rows.status();
    ASSIGN_OR_RETURN(std::string record, row_as_record(*table, rows));
    if (job.json) {
      ASSIGN_OR_RETURN(record, with_json_images(record));
    }
    answer.scan_position = rows.place();
    answer.records.add(std::move(record));
  }
  RETURN_IF_ERROR(rows.status());
  answer.scan_end = true;
  return {};
}

Status run(storage::Store& store, ConsumerGate* gate, const ReadJob& job, ReadAnswer& answer) {
  answer.watermark = store.writer().watermark();
  if (const auto* place = std::get_if<ScanPlace>(&job.from)) return read_scan(store, job, *place, answer);
  const LogCursor& cursor = std::get<LogCursor>(job.from);
  answer.head = shard_head(store, cursor.shard);
  return job.opening ? open_shard(store, gate, job, cursor, answer) : read_shard(store, job, cursor, answer);
}

ReadAnswer answer_to(const ReadJob& job) {
  ReadAnswer answer;
  answer.address = job.address;
  answer.nonce = job.nonce;
  answer.opening = job.opening;
  answer.reserved = job.reserved;
  return answer;
}

}  // namespace

std::optional<ReadAnswer> run_recent_read(storage::Store& store, const ReadJob& job) {
  const auto* cursor = std::get_if<LogCursor>(&job.from);
  if (cursor == nullptr || job.opening || job.json) return std::nullopt;
  ReadAnswer answer = answer_to(job);
  answer.watermark = store.writer().watermark();
  const auto head = store.writer().head(cursor->shard);
  if (!head) return std::nullopt;
  answer.head = *head;
  std::optional<storage::LogSlice> slice =
      store.change_log().read_recent(*cursor, job.records_max, job.bytes_max);
  if (!slice) return std::nullopt;
  if (Status status = take_slice(store, job, *cursor, *std::move(slice), answer); !status.ok()) {
    answer.error = std::move(status).error();
  }
  return answer;
}

ReadAnswer run_read(storage::Store& store, ConsumerGate* gate, const ReadJob& job) {
  ReadAnswer answer = answer_to(job);
  if (Status status = run(store, gate, job, answer); !status.ok()) answer.error = std::move(status).error();
  return answer;
}

}  // namespace gyre::streams
