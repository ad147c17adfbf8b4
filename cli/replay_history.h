// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "cli/history_source.h"
#include "consumers/replay.h"

namespace gyre::cli {

/// What `gyre replay` was asked for of a past that is read from files: all but the table and the time.
struct HistoryReplay {
  HistorySource source;
  std::string table;  ///< empty = all
  std::string key;
  std::string key_prefix;
  std::string principal;
  std::string origin;              ///< the region where a write was first accepted
  std::vector<std::string> kinds;  ///< insert, modify, remove, touch, catalog; empty: what users see
  std::uint64_t from_ms = 0;
  std::uint64_t to_ms = UINT64_MAX;
  std::string from_sequence;    ///< as it is shown; empty: any
  std::string to_sequence;      ///< included; likewise
  std::string format = "json";  ///< json, csv, history
  bool backwards = false;

  static const std::vector<std::string>& formats();
  static const std::vector<std::string>& kind_names();
};

/// Answers how many changes it wrote. Ends early, without an error, if `stop` is set or the sink wants no
/// more.
Result<std::uint64_t> replay_history(const HistoryReplay& replay, const consumers::LineSink& sink,
                                     const std::atomic<bool>& stop);

}  // namespace gyre::cli
