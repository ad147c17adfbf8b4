// SPDX-License-Identifier: Apache-2.0
#include "global-tables/table_lag.h"

#include <gtest/gtest.h>

namespace gyre::global_tables {
namespace {

SessionReport session(const char* kind, std::uint64_t lag_records, HybridTime watermark) {
  SessionReport report;
  report.kind = kind;
  report.lag_records = lag_records;
  report.watermark = watermark;
  return report;
}

TEST(TableLag, IsThatOfTheSlowestShardAndOfAllRecords) {
  TableLinkReport table;
  EXPECT_EQ(lag_of(table).watermark, HybridTime(0));
  table.sessions = {session("shards", 0, 0), session("shard", 3, hybrid_from_ms(500)),
                    session("shard", 4, hybrid_from_ms(200)), session("shard", 0, hybrid_from_ms(900))};
  const TableLag lag = lag_of(table);
  EXPECT_EQ(lag.records, 7u);
  EXPECT_EQ(lag.watermark, hybrid_from_ms(200));
  table.sessions.push_back(session("shard", 0, 0));
  EXPECT_EQ(lag_of(table).watermark, HybridTime(0)) << "one that is not known yet";
}

TEST(TableLag, IsNothingWhileNoWatermarkIsKnownOrThePeersClockIsAhead) {
  EXPECT_EQ(lag_ms(0, 1'000), std::nullopt);
  EXPECT_EQ(lag_ms(hybrid_from_ms(400), 1'000), 600u);
  EXPECT_EQ(lag_ms(hybrid_from_ms(1'400), 1'000), 0u);
}

}  // namespace
}  // namespace gyre::global_tables
