// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "core/storage/writer.h"

namespace gyre::global_tables {

/// A rare write of the control plane, made of two functions.
class FunctionRequest final : public storage::WriteRequest {
 public:
  using Evaluate = std::function<Status(storage::WriteTransaction&)>;
  using Done = std::function<void(Status)>;
  FunctionRequest(CompletionSink& sink, Evaluate evaluate, Done done)
      : sink_(sink), evaluate_(std::move(evaluate)), done_(std::move(done)) {}

  std::size_t size_bytes() const override { return kAboutBytes; }
  Status evaluate(storage::WriteTransaction& transaction) override { return evaluate_(transaction); }
  void complete(Status outcome) override { done_(std::move(outcome)); }
  CompletionSink& sink() override { return sink_; }

 private:
  static constexpr std::size_t kAboutBytes = 1024;
  CompletionSink& sink_;
  Evaluate evaluate_;
  Done done_;
};

}  // namespace gyre::global_tables
