// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "cli/metric_rows.h"
#include "core/base/limits.h"

namespace gyre::cli {
namespace {

using metrics::Exposition;
using metrics::Type;
using Snapshot = MetricsSnapshot;

// As the enums of core/storage and core/engine count them.
constexpr std::array<std::string_view, 3> kWriteClasses = {"client", "replication", "maintenance"};
constexpr std::array<std::string_view, storage::kFamilyCount> kFamilies = {"catalog", "items", "indexes",
                                                                           "tombstones", "conflicts"};

template <class Number>
void write_queues(const Snapshot& snapshot, Exposition& to, Number number) {
  for (std::size_t i = 0; i < kWriteClasses.size(); ++i)
    to.sample({kWriteClasses[i]}, std::uint64_t{number(snapshot.writer.queues[i])});
}

void write_commits(const Snapshot& snapshot, Exposition& to) {
  to.histogram({"true"}, snapshot.writer.synced_commit_ns, kNanosecondsPerSecond);
  to.histogram({"false"}, snapshot.writer.unsynced_commit_ns, kNanosecondsPerSecond);
}

}  // namespace

std::vector<MetricRow> storage_rows() {
  return {
      {"Writes",
       {"gyre_writer_batch_requests", Type::kHistogram, {}, "Requests that one batch of the writer answered"},
       [](const Snapshot& s, Exposition& to) { to.histogram({}, s.writer.batch_requests, 1); }},
      {"Writes",
       {"gyre_writer_batch_bytes", Type::kHistogram, {}, "Bytes that one batch put into the store"},
       [](const Snapshot& s, Exposition& to) { to.histogram({}, s.writer.batch_bytes, 1); }},
      {"Writes",
       {"gyre_writer_evaluation_seconds", Type::kHistogram, {}, "Time in which a batch was evaluated"},
       [](const Snapshot& s, Exposition& to) {
         to.histogram({}, s.writer.evaluation_ns, kNanosecondsPerSecond);
       }},
      {"Writes",
       {"gyre_writer_commit_seconds",
        Type::kHistogram,
        {"synced"},
        "Time in which a batch was committed. synced: it waited for the disk"},
       write_commits},
      {"Writes",
       {"gyre_writer_syncs_total", Type::kCounter, {}, "Commits that waited for the disk: one sync each"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.writer.synced_commit_ns.count()); }},
      {"Writes",
       {"gyre_writer_sync_seconds_total", Type::kCounter, {}, "Time that those commits took"},
       [](const Snapshot& s, Exposition& to) {
         to.sample({}, static_cast<double>(s.writer.synced_commit_ns.sum) / kNanosecondsPerSecond);
       }},
      {"Writes",
       {"gyre_writer_queue_requests", Type::kGauge, {"class"}, "Writes that wait for the writer"},
       [](const Snapshot& s, Exposition& to) {
         write_queues(s, to, [](const auto& queue) { return queue.waiting; });
       }},
      {"Writes",
       {"gyre_writer_queue_bytes", Type::kGauge, {"class"}, "What they hold in memory"},
       [](const Snapshot& s, Exposition& to) {
         write_queues(s, to, [](const auto& queue) { return queue.bytes; });
       }},
      {"Writes",
       {"gyre_writer_queue_limit_bytes", Type::kGauge, {}, "What the writes of one class may hold"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.writer.queue_bytes_max}); }},
      {"Writes",
       {"gyre_writer_rejected_total",
        Type::kCounter,
        {"class"},
        "Writes that were refused: their queue was full"},
       [](const Snapshot& s, Exposition& to) {
         write_queues(s, to, [](const auto& queue) { return queue.refused; });
       }},
      {"Change log",
       {"gyre_log_head_sequence", Type::kGauge, {}, "Sequence number of the newest change record on disk"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.log.head.value()); }},
      {"Change log",
       {"gyre_log_floor_sequence", Type::kGauge, {}, "No change record of a table that is kept is older"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.log.floor.value()); }},
      {"Change log",
       {"gyre_log_floor_timestamp_seconds",
        Type::kGauge,
        {},
        "When the oldest shard that is kept was opened"},
       [](const Snapshot& s, Exposition& to) {
         if (s.log.floor_ms) to.sample({}, seconds_of_ms(*s.log.floor_ms));
       }},
      {"Change log",
       {"gyre_log_shards",
        Type::kGauge,
        {"state"},
        "Shards that are kept, of all tables. state: open, closed"},
       [](const Snapshot& s, Exposition& to) {
         to.sample({"open"}, s.log.open_shards);
         to.sample({"closed"}, s.log.closed_shards);
       }},
      {"Change log",
       {"gyre_log_bytes", Type::kGauge, {}, "Change records that are kept"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.log.bytes); }},
      {"Store",
       {"gyre_tables", Type::kGauge, {}, "Tables"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.tables}); }},
      {"Store",
       {"gyre_store_bytes", Type::kGauge, {"family"}, "Bytes that the rows of a family take, about"},
       [](const Snapshot& s, Exposition& to) {
         for (std::size_t i = 0; i < kFamilies.size(); ++i) to.sample({kFamilies[i]}, s.family_bytes[i]);
       }},
      {"Store",
       {"gyre_disk_free_bytes", Type::kGauge, {}, "Free space where the store is"},
       [](const Snapshot& s, Exposition& to) {
         if (s.disk_free_bytes) to.sample({}, *s.disk_free_bytes);
       }},
      {"Store",
       {"gyre_disk_floor_bytes", Type::kGauge, {}, "Free space below which clients' writes are refused"},
       [](const Snapshot& s, Exposition& to) {
         if (s.disk_free_bytes) to.sample({}, limits::kDiskFloorBytes);
       }},
  };
}

}  // namespace gyre::cli
