// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/model/version.h"
#include "core/storage/change_record.h"

namespace gyre::global_tables {

/// What conflict logs must say, told without vectors: from each client's write and what stood at its key when
/// it was made.
class ConflictModel {
 public:
  /// A client's write, and the version that it replaced.
  void wrote(const Version& version, const Version& before) {
    if (version != before) before_[version] = before;
  }

  /// Compares with the logs of all regions together, once they agree; "" if they are right. A loser must be a
  /// write that its winner was not built upon; and a write that nobody built upon and that did not win in the
  /// end must be some region's loser, or it would be lost without a trace.
  std::string difference(const std::vector<storage::Conflict>& logs, const std::set<Version>& winners) const {
    std::set<Version> losers;
    for (const storage::Conflict& conflict : logs) {
      losers.insert(conflict.loser);
      if (!(conflict.winner > conflict.loser)) return "the lesser write won over " + text(conflict.loser);
      if (is_ancestor(conflict.loser, conflict.winner))
        return text(conflict.loser) + " lost to its own successor";
    }
    std::set<Version> built_upon;
    for (const auto& [version, before] : before_) built_upon.insert(before);
    for (const auto& [version, before] : before_) {
      const bool lost = !winners.contains(version) && !built_upon.contains(version);
      if (lost && !losers.contains(version)) return text(version) + " was lost without a trace";
    }
    return {};
  }

 private:
  static std::string text(const Version& version) {
    return "(" + std::to_string(version.clock) + ", " + version.region.name() + ")";
  }
  bool is_ancestor(const Version& ancestor, const Version& of) const {
    for (auto at = before_.find(of); at != before_.end(); at = before_.find(at->second)) {
      if (at->second == ancestor) return true;
    }
    return false;
  }

  std::map<Version, Version> before_;
};

}  // namespace gyre::global_tables
