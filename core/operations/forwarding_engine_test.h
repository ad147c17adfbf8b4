// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/storage/engine_memory.h"

namespace gyre::operations {

/// An engine in memory, for tests that watch what is asked of it.
class ForwardingEngine : public storage::Engine {
 public:
  using Value = Result<std::optional<storage::EngineValue>>;

  Value get(storage::Family family, std::string_view key, storage::ReadTier tier) const override {
    return memory_->get(family, key, tier);
  }
  std::vector<Value> multi_get(storage::Family family, const std::vector<std::string>& keys,
                               storage::ReadTier tier, const storage::Snapshot* snapshot) const override {
    return memory_->multi_get(family, keys, tier, snapshot);
  }
  std::unique_ptr<storage::Iterator> iterate(storage::Family family,
                                             const storage::IterateOptions& options) const override {
    return memory_->iterate(family, options);
  }
  std::shared_ptr<const storage::Snapshot> snapshot() const override { return memory_->snapshot(); }
  void commit(const storage::Batch& batch, storage::Durability durability, CommitCallback answer) override {
    memory_->commit(batch, durability, std::move(answer));
  }
  Status checkpoint(const std::string& directory) override { return memory_->checkpoint(directory); }
  std::uint64_t free_bytes() const override { return memory_->free_bytes(); }
  std::uint64_t size_bytes(storage::Family family) const override { return memory_->size_bytes(family); }
  std::uint64_t range_bytes(storage::Family family, std::string_view lower,
                            std::string_view upper) const override {
    return memory_->range_bytes(family, lower, upper);
  }
  storage::EngineLimits limits() const override { return memory_->limits(); }

  storage::MemoryEngine& memory() { return *memory_; }

 private:
  std::unique_ptr<storage::MemoryEngine> memory_ = storage::MemoryEngine::create();
};

}  // namespace gyre::operations
