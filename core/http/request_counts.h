// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/http/error_reply.h"
#include "core/metrics/counter.h"
#include "core/metrics/histogram.h"

namespace gyre::http {

/// What became of the requests of one operation. A value.
struct OperationStatus {
  std::array<std::uint64_t, kOutcomesMax> outcomes{};  ///< how many, by Outcome
  metrics::HistogramReading took_ns;  ///< from when a request was read to when it was answered

  std::uint64_t requests() const;
};

/// The requests that one I/O thread answered, by the numbers of their operations (Router::Entry). The thread
/// counts, any thread reads.
class RequestCounts {
 public:
  /// Numbers from `operations` on count as 0.
  explicit RequestCounts(std::size_t operations);

  void record(std::uint16_t operation, Outcome outcome, std::uint64_t took_ns) {
    Operation& of = operations_[operation < count_ ? operation : 0];
    of.outcomes[outcome].add();
    of.took_ns.record(took_ns);
  }
  /// Adds to `status`, which grows to hold all operations.
  void add_to(std::vector<OperationStatus>& status) const;

 private:
  struct Operation {
    std::array<metrics::Counter, kOutcomesMax> outcomes;
    metrics::Histogram took_ns{metrics::time_bounds()};
  };

  std::size_t count_;
  std::unique_ptr<Operation[]> operations_;
};

}  // namespace gyre::http
