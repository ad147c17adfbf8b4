// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "consumers/delivery.h"
#include "consumers/delivery_thread.h"
#include "consumers/shard_delivery.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "streams/reading/table_shards.h"
#include "streams/transport/stream_client.h"

namespace gyre::consumers {

struct ConsumerRunnerOptions {
  std::string table = {};
  std::string consumer = {};  ///< the name its checkpoints are stored under
};

/// Runs one consumer on one table of one region: waits for the table, reads all its shards, parents before
/// children, each from its stored checkpoint, and calls the consumer on a thread of its own. Two runners with
/// one name do no harm, but hold each other up. One thread, the client's.
class ConsumerRunner final : private DeliveryPort, private streams::SessionHandler {
 public:
  using Factory = std::function<Result<std::unique_ptr<BatchConsumer>>(const std::string& region)>;

  ConsumerRunner(ConsumerRunnerOptions options, streams::StreamClient& client, const Clock& clock);
  ~ConsumerRunner() override;

  /// Until `stop` (then success: what was not committed comes again next time), or until the consumer cannot
  /// go on: the factory failed, the consumer gave up or broke its contract, or its place in the log is not
  /// readable any more.
  Status run(Factory factory, const std::atomic<bool>& stop);

 private:
  void deliver(std::uint64_t token, Delivery delivery) override;
  void finished(ShardId shard, const std::vector<ShardId>& children) override;
  void gone(ShardId shard) override;
  void stop(Error error) override;
  // The listing of the table's shards.
  void on_opened(const streams::Opened& opened) override;
  void on_refused(streams::RefusedReason reason, const std::string& message, SequenceNumber oldest) override;
  void on_batch(streams::RecordBatch) override {}
  void on_shard_end(const std::vector<ShardId>&) override {}

  void turn();
  // What the table's shards ask for.
  void follow();
  void act(const streams::TableShards::List&);
  void act(const streams::TableShards::Found&) {}
  void act(const streams::TableShards::Read& read);
  void act(const streams::TableShards::Missing& missing);
  void retire(ShardId shard);

  const ConsumerRunnerOptions options_;
  streams::StreamClient& client_;
  const Clock& clock_;
  streams::TableShards table_;
  std::map<ShardId, std::unique_ptr<ShardDelivery>> shards_;
  std::vector<std::unique_ptr<ShardDelivery>> retired_;  // until they are off the stack
  std::unique_ptr<DeliveryThread> thread_;
  std::optional<Error> error_;
  std::optional<streams::StreamClient::SessionNumber> listing_;
  bool waiting_logged_ = false;
};

}  // namespace gyre::consumers
