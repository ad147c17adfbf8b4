// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "cli/metrics_snapshot.h"
#include "core/metrics/exposition.h"

namespace gyre::cli {

/// One metric of a region: its name, and where a snapshot has it.
struct MetricRow {
  const char* section;  ///< of docs/metrics.md
  metrics::Family family;
  void (*write)(const MetricsSnapshot& snapshot, metrics::Exposition& to);
};

/// Every metric of a region, in the order in which the page shows them.
std::span<const MetricRow> metric_rows();

/// The page /metrics.
std::string metrics_text(const MetricsSnapshot& snapshot);

/// The tables of docs/metrics.md: Markdown, one for each section.
std::string metrics_tables();

}  // namespace gyre::cli
