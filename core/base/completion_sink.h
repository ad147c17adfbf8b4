// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

namespace gyre {

/// Takes finished work back to the thread that asked for it. One per I/O thread (core/http) and one per
/// replicator or consumer thread. deliver() is called from any thread and runs all of `completions`, in
/// order, on the sink's own thread: one wake-up however many there are. The sink outlives every request that
/// names it.
class CompletionSink {
 public:
  virtual ~CompletionSink() = default;
  virtual void deliver(std::vector<std::function<void()>> completions) = 0;
};

/// Runs completions at once, on the caller's thread. For tests and for callers that hand over themselves.
class InlineSink final : public CompletionSink {
 public:
  void deliver(std::vector<std::function<void()>> completions) override {
    for (auto& completion : completions) completion();
  }
};

}  // namespace gyre
