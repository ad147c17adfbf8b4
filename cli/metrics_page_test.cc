// SPDX-License-Identifier: Apache-2.0
#include "cli/metrics_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "cli/files.h"
#include "cli/metric_rows.h"
#include "core/base/limits.h"

namespace gyre::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

metrics::HistogramReading reading(std::span<const std::uint64_t> bounds, std::uint64_t value) {
  metrics::Histogram histogram(bounds);
  histogram.record(value);
  return histogram.read();
}

/// A region that did a little of everything.
MetricsSnapshot snapshot() {
  MetricsSnapshot snapshot;
  snapshot.region = "us-east-1";
  snapshot.now_ms = 10'000;
  snapshot.operations = {"unknown", "GetItem", "PutItem"};
  snapshot.http.operations.resize(3);
  snapshot.http.operations[1].outcomes[http::kSuccess] = 1;
  snapshot.http.operations[1].took_ns = reading(metrics::time_bounds(), 1'000'000);
  storage::WriterStatus& writer = snapshot.writer;
  writer.batch_requests = reading(metrics::number_bounds(), 3);
  writer.batch_bytes = reading(metrics::size_bounds(), 1'000);
  writer.evaluation_ns = reading(metrics::time_bounds(), 1'000);
  writer.synced_commit_ns = reading(metrics::time_bounds(), 2'000'000'000);
  writer.unsynced_commit_ns = metrics::Histogram(metrics::time_bounds()).read();
  snapshot.passed = {{RegionId("eu-west-1"), 4, 2}};
  snapshot.log.floor_ms = 5'000;
  snapshot.disk_free_bytes = 1'000;
  global_tables::PeerLinkStatus link;
  link.peer = RegionId("eu-west-1");
  link.connected = true;
  global_tables::TableLinkReport table;
  table.table_name = "orders";
  table.sessions.resize(1);
  table.sessions[0].kind = "shard";
  table.sessions[0].lag_records = 7;
  table.sessions[0].watermark = hybrid_from_ms(7'500);
  link.tables = {table};
  snapshot.links = {link, {}};  // the second has not begun
  snapshot.consumers = {{"counter", 5, 1, 3}};
  return snapshot;
}

TEST(MetricsPage, ShowsEveryMetricOfTheTable) {
  const std::string text = metrics_text(snapshot());
  std::set<std::string_view> names;
  for (const MetricRow& row : metric_rows()) {
    EXPECT_TRUE(names.insert(row.family.name).second) << row.family.name;
    EXPECT_THAT(text, HasSubstr("# TYPE " + std::string(row.family.name) + " "));
  }
}

TEST(MetricsPage, ShowsWhatTheSnapshotHolds) {
  const std::string text = metrics_text(snapshot());
  for (const char* line : {
           "gyre_requests_total{operation=\"GetItem\",outcome=\"success\"} 1\n",
           "gyre_request_duration_seconds_bucket{operation=\"GetItem\",le=\"0.0005\"} 0\n",
           "gyre_request_duration_seconds_bucket{operation=\"GetItem\",le=\"0.001\"} 1\n",
           "gyre_request_duration_seconds_count{operation=\"GetItem\"} 1\n",
           "gyre_passed_on_requests_total{region=\"eu-west-1\"} 4\n",
           "gyre_passed_on_failures_total{region=\"eu-west-1\"} 2\n",
           "gyre_writer_commit_seconds_sum{synced=\"true\"} 2\n",
           "gyre_writer_syncs_total 1\n",
           "gyre_writer_sync_seconds_total 2\n",
           "gyre_log_floor_timestamp_seconds 5\n",
           "gyre_replication_connected{peer=\"eu-west-1\"} 1\n",
           "gyre_replication_lag_seconds{peer=\"eu-west-1\"} 2.5\n",
           "gyre_replication_lag_records{peer=\"eu-west-1\"} 7\n",
           "gyre_replication_table_lag_seconds{peer=\"eu-west-1\",table=\"orders\"} 2.5\n",
           "gyre_replication_sessions{peer=\"eu-west-1\",state=\"reading\"} 1\n",
           "gyre_consumer_lag_records{consumer=\"counter\"} 3\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
  EXPECT_THAT(text, Not(HasSubstr("operation=\"PutItem\""))) << "nobody asked for it";
}

TEST(MetricsPage, ShowsABoundedNumberOfTablesByNameAndAllOfThemInTotals) {
  MetricsSnapshot many = snapshot();
  const global_tables::TableLinkReport table = many.links[0].tables[0];
  many.links[0].tables.clear();
  for (std::size_t i = 0; i < 3 * limits::kMetricTablesMax; ++i) {
    many.links[0].tables.push_back(table);
    many.links[0].tables.back().table_name = "t" + std::to_string(1'000 + i);
  }
  const std::string text = metrics_text(many);
  EXPECT_THAT(text, HasSubstr("gyre_replication_lag_records{peer=\"eu-west-1\"} 2100\n"));
  EXPECT_THAT(text, HasSubstr("table=\"t1099\""));
  EXPECT_THAT(text, Not(HasSubstr("table=\"t1100\"")));
}

TEST(MetricsPage, TheDocumentHasEveryMetric) {
  const auto page = read_file(GYRE_METRICS_PAGE);
  ASSERT_TRUE(page.ok()) << page.error().message;
  EXPECT_NE(page->find(metrics_tables()), std::string::npos) << "the end of docs/metrics.md must be:\n"
                                                             << metrics_tables();
}

TEST(LogStatus, FloorIsTheOldestShardThatIsKept) {
  const auto table = std::make_shared<storage::TableEntry>();
  table->schema.id = TableId(1);
  table->schema.name = "orders";
  const auto shard = [](std::uint64_t id, std::uint64_t first_sequence, std::uint64_t opened_ms) {
    storage::ShardDescriptor shard;
    shard.id = ShardId(id);
    shard.first_sequence = SequenceNumber(first_sequence);
    shard.opened_ms = opened_ms;
    return shard;
  };
  table->shards = {shard(10, 100, 1'000), shard(11, 150, 2'000)};
  table->shards[0].closed_ms = 2'000;
  const auto catalog = storage::CatalogSnapshot::of({{TableId(1), table}});
  const LogStatus status = log_status(catalog, SequenceNumber(170));
  EXPECT_EQ(status.head, SequenceNumber(170));
  EXPECT_EQ(status.floor, SequenceNumber(100));
  EXPECT_EQ(status.floor_ms, 1'000u);
  EXPECT_EQ(status.open_shards, 1u);
  EXPECT_EQ(status.closed_shards, 1u);
  const LogStatus empty = log_status(storage::CatalogSnapshot(), SequenceNumber(170));
  EXPECT_EQ(empty.floor, SequenceNumber(171));
  EXPECT_FALSE(empty.floor_ms.has_value());
}

}  // namespace
}  // namespace gyre::cli
