// SPDX-License-Identifier: Apache-2.0
#include "consumers/consumer_gate.h"

#include <memory>
#include <utility>

#include <fmt/core.h>

#include "consumers/checkpoint.h"
#include "consumers/consumer_writes.h"
#include "core/base/limits.h"
#include "core/storage/read_view.h"

namespace gyre::consumers {

namespace {

using streams::ConsumerAck;
using streams::ConsumerCheckpoint;

Error unknown_shard(ShardId shard) {
  return Error::resource_not_found(fmt::format("there is no shard {}", storage::shard_id_text(shard)));
}

// Bounds that hold whatever is stored.
Status check_ack(const ConsumerAck& ack, Epoch epoch) {
  RETURN_IF_ERROR(check_consumer_name(ack.consumer));
  if (ack.accepted_through.epoch != epoch) {
    return Error(ErrorCode::kWrongEpoch, "the acknowledgement belongs to another life of this store");
  }
  if (ack.state.size() > limits::kConsumerStateBytesMax) {
    return Error::validation(fmt::format("a consumer's state has at most {} bytes, not {}",
                                         limits::kConsumerStateBytesMax, ack.state.size()));
  }
  if (ack.writes.size() > limits::kConsumerWritesMax) {
    return Error::validation(fmt::format("an acknowledgement has at most {} writes, not {}",
                                         limits::kConsumerWritesMax, ack.writes.size()));
  }
  return {};
}

// The checkpoint that follows `stored`, if the acknowledgement fits it.
Result<ConsumerCheckpoint> next_checkpoint(const std::optional<ConsumerCheckpoint>& stored,
                                           const ConsumerAck& ack) {
  const SequenceNumber at = stored ? stored->cursor.sequence : SequenceNumber();
  if (stored && stored->shard_done) {
    return Error(ErrorCode::kResourceInUse, std::string(kShardDoneMessage));
  }
  if (ack.previous != at) {
    return Error(
        ErrorCode::kResourceInUse,
        fmt::format("consumer {} stands at sequence {} of shard {}, not at {}: another reader has moved it",
                    ack.consumer, at.value(), storage::shard_id_text(ack.accepted_through.shard),
                    ack.previous.value()));
  }
  const bool moves = ack.accepted_through.sequence > at;
  if (ack.accepted_through.sequence < at || (!moves && !ack.shard_done)) {
    return Error::validation("an acknowledgement must move the checkpoint forward");
  }
  ConsumerCheckpoint next{ack.accepted_through, ack.state, ack.shard_done};
  // A reader that only ends the shard may know no more of its last record than the sequence.
  if (!moves && stored) next.cursor = stored->cursor;
  return next;
}

class CommitRequest final : public storage::WriteRequest {
 public:
  CommitRequest(ConsumerAck ack, Epoch epoch, std::function<void(Status)> done)
      : ack_(std::move(ack)), epoch_(epoch), done_(std::move(done)) {}

  std::size_t size_bytes() const override {
    std::size_t bytes = sizeof(*this) + ack_.state.size();
    for (const auto& write : ack_.writes) {
      bytes += sizeof(write) + write.table_name.size() + write.item.size() + write.attribute.size() +
               write.amount.size();
    }
    return bytes;
  }

  Status evaluate(storage::WriteTransaction& transaction) override {
    RETURN_IF_ERROR(check_ack(ack_, epoch_));
    const ShardId shard = ack_.accepted_through.shard;
    const storage::TablePointer table = transaction.catalog().find_by_shard(shard);
    if (!table) return unknown_shard(shard);
    const storage::RoomRow row = checkpoint_row(ack_.consumer, table->schema.id, shard);
    ASSIGN_OR_RETURN(const std::optional<std::string> bytes, transaction.rows().read(row));
    std::optional<ConsumerCheckpoint> stored;
    if (bytes) {
      ASSIGN_OR_RETURN(stored, decode_checkpoint(*bytes));
    }
    ASSIGN_OR_RETURN(const ConsumerCheckpoint next, next_checkpoint(stored, ack_));
    transaction.set_audit(
        std::make_shared<const storage::Audit>(storage::Audit{.principal = "consumer/" + ack_.consumer}));
    for (const streams::ConsumerWrite& write : ack_.writes) RETURN_IF_ERROR(apply_write(transaction, write));
    transaction.rows().put(row, encode_checkpoint(next));
    if (next.shard_done) RETURN_IF_ERROR(begin_children(transaction, *table, shard));
    forget_trimmed_parent(transaction, *table, shard);
    return {};
  }

  void complete(Status outcome) override { done_(std::move(outcome)); }
  CompletionSink& sink() override { return sink_; }

 private:
  // A child that comes and goes while the consumer is away must be missed: it has a checkpoint from its
  // parent's end on, which stands before its first record.
  Status begin_children(storage::WriteTransaction& transaction, const storage::TableEntry& table,
                        ShardId shard) {
    for (const storage::ShardDescriptor& child : table.shards) {
      if (child.parent != shard) continue;
      const storage::RoomRow row = checkpoint_row(ack_.consumer, table.schema.id, child.id);
      ASSIGN_OR_RETURN(const std::optional<std::string> stored, transaction.rows().read(row));
      if (stored) continue;
      ConsumerCheckpoint start;
      start.cursor.epoch = epoch_;
      start.cursor.shard = child.id;
      transaction.rows().put(row, encode_checkpoint(start));
    }
    return {};
  }
  // The checkpoint of a parent whose records are gone says nothing any more; its child's progress takes its
  // place.
  void forget_trimmed_parent(storage::WriteTransaction& transaction, const storage::TableEntry& table,
                             ShardId shard) {
    const storage::ShardDescriptor* descriptor = table.find_shard(shard);
    if (!descriptor || !descriptor->parent || table.find_shard(*descriptor->parent)) return;
    transaction.rows().erase(checkpoint_row(ack_.consumer, table.schema.id, *descriptor->parent));
  }

  const ConsumerAck ack_;
  const Epoch epoch_;
  const std::function<void(Status)> done_;
  InlineSink sink_;
};

}  // namespace

Result<std::optional<ConsumerCheckpoint>> StoreConsumerGate::read_row(const storage::RoomRow& row) const {
  ASSIGN_OR_RETURN(const std::optional<std::string> value, store_.reads().row(row, storage::ReadTier::kAll));
  if (!value) return std::optional<ConsumerCheckpoint>();
  ASSIGN_OR_RETURN(ConsumerCheckpoint checkpoint, decode_checkpoint(*value));
  return std::optional(std::move(checkpoint));
}

Status StoreConsumerGate::check_nothing_lost(const std::string& consumer,
                                             const storage::TableEntry& table) const {
  const storage::RoomRow all = checkpoint_prefix(consumer, table.schema.id);
  return store_.reads().each_row(all, [&](std::string_view row) -> Status {
    ASSIGN_OR_RETURN(const ConsumerCheckpoint checkpoint, decode_checkpoint(row));
    const ShardId shard = checkpoint.cursor.shard;
    if (checkpoint.shard_done || table.find_shard(shard)) return {};
    return Error(
        ErrorCode::kTrimmed,
        fmt::format(
            "consumer {} stood at sequence {} of shard {}, which was trimmed before it was read to its end",
            consumer, checkpoint.cursor.sequence.value(), storage::shard_id_text(shard)));
  });
}

Result<std::optional<ConsumerCheckpoint>> StoreConsumerGate::load(const std::string& consumer,
                                                                  ShardId shard) {
  RETURN_IF_ERROR(check_consumer_name(consumer));
  const storage::TablePointer table = store_.catalog().snapshot()->find_by_shard(shard);
  if (!table) return unknown_shard(shard);
  ASSIGN_OR_RETURN(auto stored, read_row(checkpoint_row(consumer, table->schema.id, shard)));
  if (!stored) RETURN_IF_ERROR(check_nothing_lost(consumer, *table));
  if (!stored || !stored->shard_done) {
    progress_->loaded(consumer, shard, stored ? stored->cursor.ordinal : Ordinal());
  }
  return stored;
}

void StoreConsumerGate::commit(ConsumerAck ack, std::function<void(Status)> done) {
  // A name that is none is not kept.
  if (const Status named = check_consumer_name(ack.consumer); !named.ok()) return done(named);
  auto noted = [progress = progress_, consumer = ack.consumer, at = ack.accepted_through,
                shard_done = ack.shard_done, done = std::move(done)](Status outcome) {
    if (outcome.ok()) {
      progress->committed(consumer, at.shard, at.ordinal, shard_done);
    } else {
      progress->refused(consumer);
    }
    done(std::move(outcome));
  };
  store_.writer().submit(std::make_unique<CommitRequest>(std::move(ack), store_.epoch(), std::move(noted)));
}

std::vector<ConsumerStatus> StoreConsumerGate::status() const {
  const auto catalog = store_.catalog().snapshot();
  return progress_->read([&](ShardId shard) -> std::optional<Ordinal> {
    if (const auto head = store_.writer().head(shard)) return head->ordinal;
    const storage::TablePointer table = catalog->find_by_shard(shard);
    if (table == nullptr) return std::nullopt;
    return table->find_shard(shard)->last_ordinal;
  });
}

}  // namespace gyre::consumers
