// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/engine/engine.h"

namespace gyre::storage {

/// A door to another engine, to be derived from by who watches or changes some of what passes. The other one
/// outlives this.
class ForwardingEngine : public Engine {
 public:
  explicit ForwardingEngine(Engine& engine) : engine_(engine) {}

  Result<std::optional<EngineValue>> get(Family family, std::string_view key, ReadTier tier) const override {
    return engine_.get(family, key, tier);
  }
  std::vector<Result<std::optional<EngineValue>>> multi_get(Family family,
                                                            const std::vector<std::string>& keys,
                                                            ReadTier tier,
                                                            const Snapshot* snapshot) const override {
    return engine_.multi_get(family, keys, tier, snapshot);
  }
  std::unique_ptr<Iterator> iterate(Family family, const IterateOptions& options) const override {
    return engine_.iterate(family, options);
  }
  std::shared_ptr<const Snapshot> snapshot() const override { return engine_.snapshot(); }
  Status apply(std::span<const RowChange> changes) override { return engine_.apply(changes); }
  bool flush_is_due() const override { return engine_.flush_is_due(); }
  Status begin_flush() override { return engine_.begin_flush(); }
  Status flush() override { return engine_.flush(); }
  Result<std::optional<EngineValue>> flushed(Family family, std::string_view key) const override {
    return engine_.flushed(family, key);
  }
  std::uint64_t size_bytes(Family family) const override { return engine_.size_bytes(family); }
  std::uint64_t range_bytes(Family family, std::string_view lower, std::string_view upper) const override {
    return engine_.range_bytes(family, lower, upper);
  }
  EngineLimits limits() const override { return engine_.limits(); }
  const Disk* disk() const override { return engine_.disk(); }
  Status reclaim(Family family, const std::vector<KeyRange>& dead) override {
    return engine_.reclaim(family, dead);
  }
  void stop_background() override { engine_.stop_background(); }

 private:
  Engine& engine_;
};

}  // namespace gyre::storage
