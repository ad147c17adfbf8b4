// SPDX-License-Identifier: Apache-2.0
#include "cli/metric_rows.h"

namespace gyre::cli {
namespace {

using metrics::Exposition;
using metrics::Type;
using Snapshot = MetricsSnapshot;

// Where no archive is kept, everything is 0: a rule that alarms needs no region to be left out.
archive::ArchivingStatus archive_of(const Snapshot& snapshot) {
  return snapshot.archive.value_or(archive::ArchivingStatus());
}

}  // namespace

std::vector<MetricRow> archive_rows() {
  return {
      {"Archive",
       {"gyre_archive_enabled", Type::kGauge, {}, "Whether an archive is kept"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, std::uint64_t{s.archive.has_value()}); }},
      {"Archive",
       {"gyre_archive_segments_total", Type::kCounter, {}, "Segments of the change log that were archived"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, archive_of(s).segments); }},
      {"Archive",
       {"gyre_archive_bytes_total", Type::kCounter, {}, "Bytes of these"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, archive_of(s).bytes); }},
      {"Archive",
       {"gyre_archive_lag_seconds",
        Type::kGauge,
        {},
        "Age of the oldest change that is not archived; 0: all are"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, seconds_of_ms(archive_of(s).lag_ms)); }},
      {"Archive",
       {"gyre_archive_lag_records",
        Type::kGauge,
        {},
        "Sequence numbers between the newest change in the archive and the newest one"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, archive_of(s).lag_records); }},
      {"Archive",
       {"gyre_archive_failures_total", Type::kCounter, {}, "Attempts to archive or to seal that failed"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, archive_of(s).failures); }},
      {"Archive",
       {"gyre_archive_failing", Type::kGauge, {}, "Whether the last attempt failed"},
       [](const Snapshot& s, Exposition& to) {
         to.sample({}, std::uint64_t{!archive_of(s).problem.empty()});
       }},
      {"Archive",
       {"gyre_archive_missing_segments",
        Type::kGauge,
        {},
        "Segments that left the change log before they were archived: not 0 is a gap, and nothing more is "
        "archived"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, archive_of(s).missing_segments); }},
      {"Archive",
       {"gyre_archive_seal", Type::kGauge, {}, "Number of the newest seal"},
       [](const Snapshot& s, Exposition& to) { to.sample({}, archive_of(s).last_seal.value()); }},
  };
}

}  // namespace gyre::cli
