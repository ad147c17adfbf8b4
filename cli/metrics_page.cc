// SPDX-License-Identifier: Apache-2.0
#include "cli/metrics_page.h"

#include <fmt/core.h>

#include <array>
#include <string_view>
#include <vector>

#include "cli/metric_rows.h"
#include "core/base/join.h"

namespace gyre::cli {
namespace {

std::vector<MetricRow> all_rows() {
  std::vector<MetricRow> rows;
  for (const std::vector<MetricRow>& some :
       std::array{request_rows(), storage_rows(), archive_rows(), replication_rows(), process_rows()})
    rows.insert(rows.end(), some.begin(), some.end());
  return rows;
}

}  // namespace

std::span<const MetricRow> metric_rows() {
  static const std::vector<MetricRow> rows = all_rows();
  return rows;
}

std::string metrics_text(const MetricsSnapshot& snapshot) {
  std::string text;
  metrics::Exposition to(text);
  for (const MetricRow& row : metric_rows()) {
    to.begin(row.family);
    row.write(snapshot, to);
  }
  return text;
}

std::string metrics_tables() {
  std::string text;
  std::string_view section;
  for (const MetricRow& row : metric_rows()) {
    if (section != row.section) {
      section = row.section;
      text += fmt::format("{}## {}\n\n| metric | type | labels | |\n|---|---|---|---|\n",
                          text.empty() ? "" : "\n", section);
    }
    text += fmt::format("| `{}` | {} | {} | {} |\n", row.family.name, metrics::type_name(row.family.type),
                        join(row.family.labels, ", "), row.family.help);
  }
  return text;
}

}  // namespace gyre::cli
