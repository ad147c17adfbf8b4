// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"

namespace gyre::consumers {

/// What this region knows of one consumer since it was started. A value.
struct ConsumerStatus {
  std::string name;
  std::uint64_t commits = 0;      ///< of checkpoints, with their effects
  std::uint64_t refused = 0;      ///< commits that changed nothing
  std::uint64_t lag_records = 0;  ///< behind the ends of the shards that it reads
};

/// Where consumers are, for metrics: in memory, about those that were heard of last
/// (kConsumersMax). Any thread.
class ConsumerProgress {
 public:
  static constexpr std::size_t kConsumersMax = 100;
  static constexpr std::size_t kShardsMax = 1024;  // of each consumer

  /// A consumer begins to read the shard behind this record.
  void loaded(const std::string& consumer, ShardId shard, Ordinal accepted);
  /// It committed up to this record. `done`: the shard is read to its end.
  void committed(const std::string& consumer, ShardId shard, Ordinal accepted, bool done);
  void refused(const std::string& consumer);

  /// The newest record of a shard; nullopt: there is no such shard any more.
  using NewestRecord = std::function<std::optional<Ordinal>(ShardId)>;
  /// By name. Shards that are gone are forgotten.
  std::vector<ConsumerStatus> read(const NewestRecord& newest);

 private:
  struct Tracked {
    std::uint64_t commits = 0;
    std::uint64_t refused = 0;
    std::uint64_t heard = 0;
    std::map<ShardId, Ordinal> accepted;
  };

  // With mutex_ held.
  Tracked& find(const std::string& consumer);
  static void put(Tracked& tracked, ShardId shard, Ordinal accepted);

  std::mutex mutex_;  // guards what follows
  std::map<std::string, Tracked> consumers_;
  std::uint64_t heard_ = 0;  // counts up with each call
};

}  // namespace gyre::consumers
