// SPDX-License-Identifier: Apache-2.0
#include "cli/replay_history.h"

#include <algorithm>
#include <array>
#include <utility>

#include "audit/change_query.h"
#include "audit/change_text.h"
#include "core/json/json_writer.h"
#include "streams/record_json.h"

namespace gyre::cli {
namespace {

using storage::ChangeKind;

// In the order of kind_names().
constexpr std::array<ChangeKind, 5> kKinds = {ChangeKind::kInsert, ChangeKind::kModify, ChangeKind::kRemove,
                                              ChangeKind::kTouch, ChangeKind::kCatalog};

Result<audit::ChangeQuery> query_of(const HistoryReplay& replay) {
  audit::ChangeQuery query;
  query.table = replay.table;
  query.key = replay.key;
  query.key_prefix = replay.key_prefix;
  query.principal = replay.principal;
  query.region = replay.origin;
  query.bounds.from_ms = replay.from_ms;
  query.bounds.to_ms = replay.to_ms;
  if (!replay.from_sequence.empty()) {
    ASSIGN_OR_RETURN(query.bounds.from, audit::read_sequence(replay.from_sequence));
  }
  if (!replay.to_sequence.empty()) {
    ASSIGN_OR_RETURN(query.bounds.to, audit::read_sequence(replay.to_sequence));
  }
  query.order = replay.backwards ? audit::Order::kNewToOld : audit::Order::kOldToNew;
  if (replay.kinds.empty()) return query;
  query.kinds.clear();
  const std::vector<std::string>& names = HistoryReplay::kind_names();
  for (const std::string& kind : replay.kinds) {
    const auto found = std::find(names.begin(), names.end(), kind);
    CHECK(found != names.end());  // the option takes no other values
    query.kinds.insert(kKinds[static_cast<std::size_t>(found - names.begin())]);
  }
  return query;
}

Result<std::string> text_of(const std::string& format, const storage::ChangeRecord& record,
                            const std::string& table) {
  if (format == "csv") return audit::csv_row(record, table);
  if (format == "history") {
    ASSIGN_OR_RETURN(std::string text, audit::readable_change(record, table));
    text.pop_back();  // the sink ends lines
    return text;
  }
  std::string line;
  json::Writer writer(line);
  RETURN_IF_ERROR(streams::write_full_record(writer, record, table));
  return line;
}

}  // namespace

const std::vector<std::string>& HistoryReplay::formats() {
  static const std::vector<std::string> names = {"json", "csv", "history"};
  return names;
}

const std::vector<std::string>& HistoryReplay::kind_names() {
  static const std::vector<std::string> names = {"insert", "modify", "remove", "touch", "catalog"};
  return names;
}

Result<std::uint64_t> replay_history(const HistoryReplay& replay, const consumers::LineSink& sink,
                                     const std::atomic<bool>& stop) {
  ASSIGN_OR_RETURN(const audit::ChangeQuery query, query_of(replay));
  ASSIGN_OR_RETURN(const auto open, open_history(replay.source));
  std::uint64_t written = 0;
  if (replay.format == "csv" && !sink(audit::csv_heading())) return written;
  RETURN_IF_ERROR(audit::read_changes(
      *open->history, open->names, query,
      [&](const audit::LocatedRecord& located, const std::string& table) -> Result<bool> {
        if (stop) return false;
        ASSIGN_OR_RETURN(const std::string text, text_of(replay.format, located.record, table));
        ++written;
        return sink(text);
      }));
  return written;
}

}  // namespace gyre::cli
