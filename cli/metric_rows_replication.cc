// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include "cli/metric_rows.h"
#include "core/base/limits.h"
#include "global-tables/table_lag.h"

namespace gyre::cli {
namespace {

using metrics::Exposition;
using metrics::Type;
using Snapshot = MetricsSnapshot;

// As global_tables::SessionState counts them.
constexpr std::array<std::string_view, 3> kSessionStates = {"reading", "held", "stopped"};

using global_tables::PeerLinkStatus;
using global_tables::TableLinkReport;

template <class Number>
void write_links(const Snapshot& snapshot, Exposition& to, Number number) {
  for (const PeerLinkStatus& link : snapshot.links) {
    if (link.peer.empty()) continue;  // has not begun
    const auto value = number(link);
    if (value) to.sample({link.peer.name()}, *value);
  }
}

std::optional<std::uint64_t> count(std::uint64_t number) {
  return number;
}

/// Of the table that is furthest behind.
std::optional<double> slowest_lag(const PeerLinkStatus& link, std::uint64_t now_ms) {
  std::optional<double> slowest;
  for (const TableLinkReport& table : link.tables) {
    const auto behind_ms = global_tables::lag_ms(global_tables::lag_of(table).watermark, now_ms);
    if (behind_ms) slowest = std::max(slowest.value_or(0), seconds_of_ms(*behind_ms));
  }
  return slowest;
}

std::uint64_t lag_records(const PeerLinkStatus& link) {
  std::uint64_t records = 0;
  for (const TableLinkReport& table : link.tables) records += global_tables::lag_of(table).records;
  return records;
}

void write_sessions(const Snapshot& snapshot, Exposition& to) {
  for (const PeerLinkStatus& link : snapshot.links) {
    if (link.peer.empty()) continue;
    std::array<std::uint64_t, kSessionStates.size()> sessions{};
    for (const TableLinkReport& table : link.tables) {
      for (const auto& session : table.sessions) ++sessions.at(static_cast<std::size_t>(session.state));
    }
    for (std::size_t i = 0; i < sessions.size(); ++i)
      to.sample({link.peer.name(), kSessionStates[i]}, sessions[i]);
  }
}

/// The first tables of each peer, by name.
template <class Write>
void for_tables(const Snapshot& snapshot, Write write) {
  for (const PeerLinkStatus& link : snapshot.links) {
    std::map<std::string_view, const TableLinkReport*> tables;  // a name may come twice: dropped, made again
    for (const TableLinkReport& table : link.tables) tables[table.table_name] = &table;
    std::size_t left = limits::kMetricTablesMax;
    for (const auto& [name, table] : tables) {
      if (left-- == 0) break;
      write(link.peer.name(), name, global_tables::lag_of(*table));
    }
  }
}

void write_table_lags(const Snapshot& snapshot, Exposition& to) {
  for_tables(snapshot, [&](std::string_view peer, std::string_view table, const auto& lag) {
    const auto behind_ms = global_tables::lag_ms(lag.watermark, snapshot.now_ms);
    if (behind_ms) to.sample({peer, table}, seconds_of_ms(*behind_ms));
  });
}

void write_table_lag_records(const Snapshot& snapshot, Exposition& to) {
  for_tables(snapshot, [&](std::string_view peer, std::string_view table, const auto& lag) {
    to.sample({peer, table}, lag.records);
  });
}

}  // namespace

std::vector<MetricRow> replication_rows() {
  return {
      {"Replication",
       {"gyre_replication_connected",
        Type::kGauge,
        {"peer"},
        "1 while the other region's stream is connected"},
       [](const Snapshot& s, Exposition& to) {
         write_links(s, to, [](const auto& link) { return count(link.connected ? 1 : 0); });
       }},
      {"Replication",
       {"gyre_replication_lag_seconds",
        Type::kGauge,
        {"peer"},
        "Writes of the other region that are older than this are applied here: of the table that is furthest "
        "behind"},
       [](const Snapshot& s, Exposition& to) {
         write_links(s, to, [&](const auto& link) { return slowest_lag(link, s.now_ms); });
       }},
      {"Replication",
       {"gyre_replication_lag_records", Type::kGauge, {"peer"}, "Change records that are not applied yet"},
       [](const Snapshot& s, Exposition& to) {
         write_links(s, to, [](const auto& link) { return count(lag_records(link)); });
       }},
      {"Replication",
       {"gyre_replication_table_lag_seconds",
        Type::kGauge,
        {"peer", "table"},
        "The same of one table; of the first 100 tables of each other region by name"},
       write_table_lags},
      {"Replication",
       {"gyre_replication_table_lag_records",
        Type::kGauge,
        {"peer", "table"},
        "Change records of one table that are not applied yet; of the same tables"},
       write_table_lag_records},
      {"Replication",
       {"gyre_replication_sessions",
        Type::kGauge,
        {"peer", "state"},
        "Shards that are read. state: reading, held (a stamp is too far ahead of the clock), stopped (the "
        "next "
        "record cannot be applied)"},
       write_sessions},
      {"Replication",
       {"gyre_replication_applied_total", Type::kCounter, {"peer"}, "Records that changed an item here"},
       [](const Snapshot& s, Exposition& to) {
         write_links(s, to, [](const auto& link) { return count(link.counts.applied); });
       }},
      {"Replication",
       {"gyre_replication_stale_total",
        Type::kCounter,
        {"peer"},
        "Records that were older than what was here"},
       [](const Snapshot& s, Exposition& to) {
         write_links(s, to, [](const auto& link) { return count(link.counts.stale); });
       }},
      {"Replication",
       {"gyre_replication_conflicts_total", Type::kCounter, {"peer"}, "Conflicts, which the newer write won"},
       [](const Snapshot& s, Exposition& to) {
         write_links(s, to, [](const auto& link) { return count(link.counts.conflicts); });
       }},
      {"Replication",
       {"gyre_replication_diverged_total",
        Type::kCounter,
        {"peer"},
        "Records with the version of what was here, but another value: never, unless data was damaged"},
       [](const Snapshot& s, Exposition& to) {
         write_links(s, to, [](const auto& link) { return count(link.counts.diverged); });
       }},
      {"Consumers",
       {"gyre_consumer_commits_total",
        Type::kCounter,
        {"consumer"},
        "Checkpoints that a consumer committed; of the 100 consumers that were heard of last"},
       [](const Snapshot& s, Exposition& to) {
         for (const auto& consumer : s.consumers) to.sample({consumer.name}, consumer.commits);
       }},
      {"Consumers",
       {"gyre_consumer_refused_total", Type::kCounter, {"consumer"}, "Commits of it that were refused"},
       [](const Snapshot& s, Exposition& to) {
         for (const auto& consumer : s.consumers) to.sample({consumer.name}, consumer.refused);
       }},
      {"Consumers",
       {"gyre_consumer_lag_records",
        Type::kGauge,
        {"consumer"},
        "Change records behind its checkpoints, in the shards that it has begun to read"},
       [](const Snapshot& s, Exposition& to) {
         for (const auto& consumer : s.consumers) to.sample({consumer.name}, consumer.lag_records);
       }},
  };
}

}  // namespace gyre::cli
