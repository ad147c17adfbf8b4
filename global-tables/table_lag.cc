// SPDX-License-Identifier: Apache-2.0
#include "global-tables/table_lag.h"

#include <algorithm>
#include <utility>

namespace gyre::global_tables {

TableLag lag_of(const TableLinkReport& table) {
  TableLag lag;
  bool first = true;
  for (const SessionReport& session : table.sessions) {
    lag.records += session.lag_records;
    if (session.kind != "shard") continue;
    // The slowest shard's.
    lag.watermark =
        std::exchange(first, false) ? session.watermark : std::min(lag.watermark, session.watermark);
  }
  return lag;
}

std::optional<std::uint64_t> lag_ms(HybridTime watermark, std::uint64_t now_ms) {
  if (watermark == 0) return std::nullopt;
  const std::uint64_t watermark_ms = hybrid_to_ms(watermark);
  return now_ms > watermark_ms ? now_ms - watermark_ms : 0;
}

}  // namespace gyre::global_tables
