// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cli/metrics_page.h"
#include "core/base/duration.h"

namespace gyre::cli {

inline double seconds_of_ms(std::uint64_t ms) {
  return static_cast<double>(ms) / 1000;
}

// The parts of metric_rows().
std::vector<MetricRow> request_rows();
std::vector<MetricRow> storage_rows();
std::vector<MetricRow> archive_rows();
std::vector<MetricRow> replication_rows();
std::vector<MetricRow> process_rows();

}  // namespace gyre::cli
