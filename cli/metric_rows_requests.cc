// SPDX-License-Identifier: Apache-2.0
#include "cli/metric_rows.h"

namespace gyre::cli {
namespace {

using metrics::Exposition;
using metrics::Type;
using Snapshot = MetricsSnapshot;

void write_requests(const Snapshot& snapshot, Exposition& to) {
  for (std::size_t i = 0; i < snapshot.http.operations.size(); ++i) {
    const auto& outcomes = snapshot.http.operations[i].outcomes;
    for (std::size_t outcome = 0; outcome < outcomes.size(); ++outcome) {
      if (outcomes[outcome] == 0) continue;
      to.sample({snapshot.operations.at(i), http::outcome_names()[outcome]}, outcomes[outcome]);
    }
  }
}

void write_durations(const Snapshot& snapshot, Exposition& to) {
  for (std::size_t i = 0; i < snapshot.http.operations.size(); ++i) {
    const metrics::HistogramReading& took = snapshot.http.operations[i].took_ns;
    if (took.count() > 0) to.histogram({snapshot.operations.at(i)}, took, kNanosecondsPerSecond);
  }
}

}  // namespace

std::vector<MetricRow> request_rows() {
  return {
      {"Requests",
       {"gyre_info", Type::kGauge, {"region"}, "1, with the name of the region"},
       [](const Snapshot& s, Exposition& to) { to.sample({s.region}, std::uint64_t{1}); }},
      {"Requests",
       {"gyre_requests_total",
        Type::kCounter,
        {"operation", "outcome"},
        "Requests that were answered. operation: unknown if the request named none, or was refused before; "
        "outcome: success, or the error's name"},
       write_requests},
      {"Requests",
       {"gyre_request_duration_seconds",
        Type::kHistogram,
        {"operation"},
        "From when a request was read to when its answer was handed to the connection"},
       write_durations},
      {"Requests",
       {"gyre_passed_on_requests_total",
        Type::kCounter,
        {"region"},
        "Requests for another region that it answered through this one; they count there"},
       [](const Snapshot& s, Exposition& to) {
         for (const auto& passed : s.passed) to.sample({passed.region.name()}, passed.answered);
       }},
      {"Requests",
       {"gyre_passed_on_failures_total", Type::kCounter, {"region"}, "Those that it did not answer"},
       [](const Snapshot& s, Exposition& to) {
         for (const auto& passed : s.passed) to.sample({passed.region.name()}, passed.failed);
       }},
      {"Connections",
       {"gyre_http_connections", Type::kGauge, {}, "HTTP connections that are open"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.http.connections}); }},
      {"Connections",
       {"gyre_http_connections_limit",
        Type::kGauge,
        {},
        "HTTP connections beyond which others are turned away"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.http.connections_max}); }},
      {"Connections",
       {"gyre_http_connections_accepted_total", Type::kCounter, {}, "HTTP connections that were accepted"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.http.accepted); }},
      {"Connections",
       {"gyre_http_connections_rejected_total",
        Type::kCounter,
        {},
        "HTTP connections that were turned away, because too many were open"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.http.turned_away); }},
      {"Connections",
       {"gyre_http_body_bytes", Type::kGauge, {}, "What large bodies of requests hold in memory"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.http.body_bytes}); }},
      {"Connections",
       {"gyre_http_body_limit_bytes", Type::kGauge, {}, "What they may hold; beyond it, requests wait"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.http.body_bytes_max}); }},
      {"Connections",
       {"gyre_http_reply_bytes", Type::kGauge, {}, "What large replies hold in memory"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.http.reply_bytes}); }},
      {"Connections",
       {"gyre_http_reply_limit_bytes", Type::kGauge, {}, "What they may hold; beyond it, requests wait"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.http.reply_bytes_max}); }},
      {"Connections",
       {"gyre_http_waiting_requests", Type::kGauge, {}, "Requests that wait for memory"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.http.waiting}); }},
      {"Connections",
       {"gyre_stream_connections", Type::kGauge, {}, "Connections of readers of the change streams"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.stream_connections}); }},
      {"Connections",
       {"gyre_stream_connections_limit", Type::kGauge, {}, "Those beyond which others wait outside"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.stream_connections_max}); }},
      {"Connections",
       {"gyre_stream_bytes", Type::kGauge, {}, "What readers of the change streams make the region hold"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.stream_bytes}); }},
      {"Connections",
       {"gyre_stream_limit_bytes", Type::kGauge, {}, "What they may make it hold"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.stream_bytes_max}); }},
  };
}

std::vector<MetricRow> process_rows() {
  return {
      {"Process",
       {"process_cpu_seconds_total", Type::kCounter, {}, "Processor time of the region's process"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.process.cpu_seconds); }},
      {"Process",
       {"process_resident_memory_bytes", Type::kGauge, {}, "Its memory that is in RAM"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.process.resident_bytes); }},
      {"Process",
       {"process_virtual_memory_bytes", Type::kGauge, {}, "Its address space"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.process.virtual_bytes); }},
      {"Process",
       {"process_open_fds", Type::kGauge, {}, "Its open files and sockets"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.process.open_files); }},
      {"Process",
       {"process_max_fds", Type::kGauge, {}, "How many it may have open"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.process.open_files_max); }},
      {"Process",
       {"process_threads", Type::kGauge, {}, "Its threads"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.process.threads); }},
      {"Process",
       {"process_start_time_seconds", Type::kGauge, {}, "When it was started"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, s.process.start_seconds); }},
  };
}

}  // namespace gyre::cli
