// SPDX-License-Identifier: Apache-2.0
#include "core/http/request_counts.h"

#include <algorithm>
#include <numeric>

namespace gyre::http {

std::uint64_t OperationStatus::requests() const {
  return std::accumulate(outcomes.begin(), outcomes.end(), std::uint64_t{0});
}

RequestCounts::RequestCounts(std::size_t operations)
    : count_(std::max<std::size_t>(operations, 1)), operations_(std::make_unique<Operation[]>(count_)) {}

void RequestCounts::add_to(std::vector<OperationStatus>& status) const {
  status.resize(std::max(status.size(), count_));
  for (std::size_t i = 0; i < count_; ++i) {
    for (std::size_t outcome = 0; outcome < kOutcomesMax; ++outcome) {
      status[i].outcomes[outcome] += operations_[i].outcomes[outcome].value();
    }
    status[i].took_ns += operations_[i].took_ns.read();
  }
}

}  // namespace gyre::http
