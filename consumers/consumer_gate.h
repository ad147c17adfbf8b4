// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consumers/consumer_progress.h"
#include "core/base/result.h"
#include "core/storage/store.h"
#include "streams/transport/stream_server.h"

namespace gyre::consumers {

/// Part of the message with which an acknowledgement for a shard that is done already is refused. The message
/// alone travels to the reader, who takes it for success: the end of the shard was committed before.
inline constexpr std::string_view kShardDoneMessage = "the shard is done already";

/// Keeps consumers' checkpoints in the region's store, one row for each consumer and shard (checkpoint.h). A
/// commit is one request to the writer: it compares `previous` with what is stored, applies the writes and
/// moves the checkpoint, or does none of it. Since each accepted commit moves the checkpoint, one that is
/// repeated, or sent by a reader that has lost its place to another, changes nothing: effects in the region
/// happen exactly once. Any thread; the store outlives it.
class StoreConsumerGate final : public streams::ConsumerGate {
 public:
  explicit StoreConsumerGate(storage::Store& store) : store_(store) {}

  /// kTrimmed if the consumer begins a shard but had not finished another one of the table that is trimmed by
  /// now: records are lost to it. kResourceNotFound for an unknown shard.
  Result<std::optional<streams::ConsumerCheckpoint>> load(const std::string& consumer,
                                                          ShardId shard) override;

  /// kResourceInUse if the stored checkpoint is not `previous`; kValidation if it would not move forward, or
  /// a write is not possible; kResourceNotFound if the shard or a table is unknown; kWrongEpoch.
  void commit(streams::ConsumerAck ack, std::function<void(Status)> done) override;

  /// Those that were heard of since the start, by name.
  std::vector<ConsumerStatus> status() const;

 private:
  Result<std::optional<streams::ConsumerCheckpoint>> read_row(const storage::RoomRow& row) const;
  Status check_nothing_lost(const std::string& consumer, const storage::TableEntry& table) const;

  storage::Store& store_;
  // Shared, because commits that are under way may outlive this.
  const std::shared_ptr<ConsumerProgress> progress_ = std::make_shared<ConsumerProgress>();
};

}  // namespace gyre::consumers
