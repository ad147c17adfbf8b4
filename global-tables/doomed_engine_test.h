// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "core/engine/forwarding_engine.h"

namespace gyre::global_tables {

/// A door to an engine whose process may be doomed: what it flushes from then on never reaches the disk,
/// though the process does not live to learn it.
class DoomedEngine final : public storage::ForwardingEngine {
 public:
  /// `doomed` outlives this.
  DoomedEngine(std::unique_ptr<storage::Engine> engine, const bool& doomed)
      : ForwardingEngine(*engine), engine_(std::move(engine)), doomed_(doomed) {}

  Status begin_flush() override { return doomed_ ? Status() : engine_->begin_flush(); }
  Status flush() override { return doomed_ ? Status() : engine_->flush(); }

 private:
  const std::unique_ptr<storage::Engine> engine_;
  const bool& doomed_;
};

}  // namespace gyre::global_tables
