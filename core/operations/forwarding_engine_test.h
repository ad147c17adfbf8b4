// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "core/engine/forwarding_engine.h"
#include "core/engine/memory/memory_engine.h"

namespace gyre::operations {

/// An engine in memory, for tests that watch what is asked of it.
class ForwardingEngine : public storage::ForwardingEngine {
 public:
  using Value = Result<std::optional<storage::EngineValue>>;

  ForwardingEngine() : ForwardingEngine(storage::MemoryEngine::create()) {}

  storage::MemoryEngine& memory() const { return *memory_; }

 private:
  explicit ForwardingEngine(std::unique_ptr<storage::MemoryEngine> memory)
      : storage::ForwardingEngine(*memory), memory_(std::move(memory)) {}

  const std::unique_ptr<storage::MemoryEngine> memory_;
};

}  // namespace gyre::operations
