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
#include "streams/reading/client_sessions.h"
#include "streams/reading/table_reader.h"
#include "streams/transport/stream_client.h"

namespace gyre::consumers {

struct ConsumerRunnerOptions {
  std::string table = {};
  std::string consumer = {};  ///< the name its checkpoints are stored under
};

/// Runs one consumer on one table of one region: waits for the table, reads all its shards, parents before
/// children, each from its stored checkpoint, and calls the consumer on a thread of its own. Two runners with
/// one name do no harm, but hold each other up. A thin shell around a TableReader and the shards'
/// ShardDelivery. One thread, the client's.
class ConsumerRunner final : private DeliveryPort {
 public:
  using Factory = std::function<Result<std::unique_ptr<BatchConsumer>>(const std::string& region)>;

  ConsumerRunner(ConsumerRunnerOptions options, streams::StreamClient& client, const Clock& clock);

  /// Until `stop` (then success: what was not committed comes again next time), or until the consumer cannot
  /// go on: the factory failed, the consumer gave up or broke its contract, or its place in the log is not
  /// readable any more (kTrimmed).
  Status run(Factory factory, const std::atomic<bool>& stop);

 private:
  using Reader = streams::TableReader;

  // What the deliveries ask for.
  void deliver(std::uint64_t token, Delivery delivery) override;
  void consumed(ShardId shard, std::uint64_t records, std::uint64_t bytes) override;
  void ack(ShardId shard, streams::ConsumerAck ack) override;
  void interrupt(ShardId shard) override;
  void resume(ShardId shard) override;
  void finished(ShardId shard) override;
  void stop(Error error) override;

  void turn();
  void follow();
  template <class Command>
  void act(Command& command) {
    sessions_.perform(std::move(command));
  }
  void act(Reader::Found&) {}
  void act(Reader::Missing& missing);
  void act(Reader::Started& started);
  void act(Reader::ShardOpened& opened);
  void act(Reader::ShardBatch& batch);
  void act(Reader::ShardHeard&) {}
  void act(Reader::ShardAcked& acked);
  void act(Reader::Interrupted& interrupted);
  void act(Reader::Ended& ended);
  void act(Reader::Lost& lost);
  void act(Reader::Stuck& stuck);
  void retire(ShardId shard);
  std::uint64_t now_ms() const;

  const ShardDelivery::Names names_;
  streams::StreamClient& client_;
  const Clock& clock_;
  streams::SessionKey keys_ = 0;
  Reader reader_;
  streams::ClientSessions sessions_;
  std::map<ShardId, std::unique_ptr<ShardDelivery>> shards_;
  std::vector<std::unique_ptr<ShardDelivery>> retired_;  // until they are off the stack
  std::unique_ptr<DeliveryThread> thread_;
  std::optional<Error> error_;
  bool waiting_logged_ = false;
};

}  // namespace gyre::consumers
