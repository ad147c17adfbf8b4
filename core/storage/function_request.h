// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>

#include "core/storage/writer.h"

namespace gyre::storage {

/// A rare write, made of two functions.
class FunctionRequest final : public WriteRequest {
 public:
  using Evaluate = std::function<Status(WriteTransaction&)>;
  using Done = std::function<void(Status)>;
  enum class Kind { kLogged, kFill };
  /// `sink` outlives this.
  FunctionRequest(CompletionSink& sink, Evaluate evaluate, Done done,
                  WriteClass write_class = WriteClass::kClient, Kind kind = Kind::kLogged)
      : sink_(sink),
        write_class_(write_class),
        kind_(kind),
        evaluate_(std::move(evaluate)),
        done_(std::move(done)) {}

  WriteClass write_class() const override { return write_class_; }
  bool is_fill() const override { return kind_ == Kind::kFill; }
  std::size_t size_bytes() const override { return kAboutBytes; }
  Status evaluate(WriteTransaction& transaction) override { return evaluate_(transaction); }
  void complete(Status outcome) override { done_(std::move(outcome)); }
  CompletionSink& sink() override { return sink_; }

 private:
  static constexpr std::size_t kAboutBytes = 1024;
  CompletionSink& sink_;
  const WriteClass write_class_;
  const Kind kind_;
  const Evaluate evaluate_;
  const Done done_;
};

}  // namespace gyre::storage
