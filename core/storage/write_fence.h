// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/bounded_cache.h"
#include "core/base/hash.h"

namespace gyre::storage {

/// Memory of what is committed, behind a fence: what is kept here is never ahead of what is committed, and
/// never behind what was acknowledged. The rule: a batch that writes at a place has it forgotten before its
/// commit; and what was read there is kept only if no batch began to write there since the look.
///
/// A place is a text: a row, or what stands for a partition. The last batch that wrote at a place is known by
/// the hash of the place, in a table of fixed size; so a write may also keep out what was read elsewhere.
///
///     any thread                          the writer's thread
///     looked = commits()                  begin_write(place)    before each commit
///     value = (read from the engine)      (commit)
///     keep(place, value, bytes, looked)   committed()           then put(), for what it knows by itself
template <class Value>
class WriteFence {
 public:
  /// `bytes_max`: of all values, about. One that is larger than a shard (shard_bytes()) is never kept.
  explicit WriteFence(std::size_t bytes_max)
      : last_written_(std::make_unique<std::array<std::atomic<std::uint64_t>, kSlots>>()) {
    shards_.reserve(kShards);
    for (std::size_t i = 0; i < kShards; ++i)
      shards_.push_back(std::make_unique<Shard>(shard_bytes(bytes_max)));
  }
  static constexpr std::size_t shard_bytes(std::size_t bytes_max) { return bytes_max / kShards; }

  // --- any thread ---
  /// How many batches are committed; what they wrote can be read. To be asked before a look at the engine:
  /// what is committed meanwhile then counts as later.
  std::uint64_t commits() const { return commits_.load(std::memory_order_acquire); }
  /// nullptr: nothing is kept of the place.
  std::shared_ptr<const Value> find(std::string_view place) {
    Shard& shard = shard_of(hash64(place));
    const std::lock_guard lock(shard.mutex);
    return shard.values.find(place);
  }
  /// Keeps what was read after `looked` batches were committed, unless a batch that came later writes there.
  void keep(std::string place, std::shared_ptr<const Value> value, std::size_t bytes, std::uint64_t looked) {
    const std::uint64_t hash = hash64(place);
    Shard& shard = shard_of(hash);
    const std::lock_guard lock(shard.mutex);
    // A batch that begins to write here after this look takes the lock after us, and has it forgotten.
    if (last_written(hash) <= looked) shard.values.put(std::move(place), std::move(value), bytes);
  }

  // --- the writer's thread ---
  /// May what was read after `looked` commits be out of date? Says so of some places that it is not true of.
  bool written_since(std::string_view place, std::uint64_t looked) const {
    return last_written(hash64(place)) > looked;
  }
  /// The batch that is committed next writes at the place.
  void begin_write(std::string_view place) {
    const std::uint64_t hash = hash64(place);
    Shard& shard = shard_of(hash);
    std::shared_ptr<const Value> forgotten;  // freed without the lock
    const std::lock_guard lock(shard.mutex);
    (*last_written_)[hash % kSlots].store(commits() + 1, std::memory_order_relaxed);
    forgotten = shard.values.erase(place);
  }
  /// That batch is committed.
  void committed() { commits_.fetch_add(1, std::memory_order_release); }
  /// Keeps what the last committed batch left at a place that it wrote.
  void put(std::string place, std::shared_ptr<const Value> value, std::size_t bytes) {
    Shard& shard = shard_of(hash64(place));
    const std::lock_guard lock(shard.mutex);
    shard.values.put(std::move(place), std::move(value), bytes);
  }

 private:
  struct Shard {
    explicit Shard(std::size_t bytes_max) : values(std::numeric_limits<std::size_t>::max(), bytes_max) {}
    std::mutex mutex;
    BoundedCache<Value> values;  // by place
  };
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kSlots = 1 << 16;
  static_assert(kSlots % kShards == 0, "a slot belongs to one shard, whose mutex orders it for all threads");

  Shard& shard_of(std::uint64_t hash) { return *shards_[hash % kShards]; }
  std::uint64_t last_written(std::uint64_t hash) const {
    return (*last_written_)[hash % kSlots].load(std::memory_order_relaxed);
  }

  std::vector<std::unique_ptr<Shard>> shards_;
  // The last batch that wrote at a place, by the place's hash. Written by the writer under the shard's mutex,
  // read by others under it too.
  std::unique_ptr<std::array<std::atomic<std::uint64_t>, kSlots>> last_written_;
  std::atomic<std::uint64_t> commits_ = 0;
};

}  // namespace gyre::storage
