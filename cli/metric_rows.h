// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cli/metrics_page.h"

namespace gyre::cli {

inline constexpr double kNanosecondsPerSecond = 1e9;

/// Shown by name, of each peer.
inline constexpr std::size_t kTablesShownMax = 100;

inline double seconds_of_ms(std::uint64_t ms) {
  return static_cast<double>(ms) / 1000;
}

// The parts of metric_rows().
std::vector<MetricRow> request_rows();
std::vector<MetricRow> storage_rows();
std::vector<MetricRow> replication_rows();
std::vector<MetricRow> process_rows();

}  // namespace gyre::cli
