// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "core/storage/engine.h"

namespace gyre::global_tables {

/// A door to an engine whose process may be doomed: what it commits from then on never reaches the disk,
/// though the process does not live to learn it.
class DoomedEngine final : public storage::Engine {
 public:
  /// `doomed` outlives this.
  DoomedEngine(std::unique_ptr<storage::Engine> engine, const bool& doomed)
      : engine_(std::move(engine)), doomed_(doomed) {}

  Result<std::optional<storage::EngineValue>> get(storage::Family family, std::string_view key,
                                                  storage::ReadTier tier) const override {
    return engine_->get(family, key, tier);
  }
  std::vector<Result<std::optional<storage::EngineValue>>> multi_get(
      storage::Family family, const std::vector<std::string>& keys, storage::ReadTier tier,
      const storage::Snapshot* snapshot) const override {
    return engine_->multi_get(family, keys, tier, snapshot);
  }
  std::unique_ptr<storage::Iterator> iterate(storage::Family family,
                                             const storage::IterateOptions& options) const override {
    return engine_->iterate(family, options);
  }
  std::shared_ptr<const storage::Snapshot> snapshot() const override { return engine_->snapshot(); }
  void commit(const storage::Batch& batch, storage::Durability durability, CommitCallback answer) override {
    engine_->commit(batch, doomed_ ? storage::Durability::kAsync : durability, std::move(answer));
  }
  Status checkpoint(const std::string& directory) override { return engine_->checkpoint(directory); }
  std::uint64_t free_bytes() const override { return engine_->free_bytes(); }
  std::uint64_t size_bytes(storage::Family family) const override { return engine_->size_bytes(family); }
  std::uint64_t range_bytes(storage::Family family, std::string_view lower,
                            std::string_view upper) const override {
    return engine_->range_bytes(family, lower, upper);
  }
  storage::EngineLimits limits() const override { return engine_->limits(); }

 private:
  std::unique_ptr<storage::Engine> engine_;
  const bool& doomed_;
};

}  // namespace gyre::global_tables
