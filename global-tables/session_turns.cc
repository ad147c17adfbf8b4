// SPDX-License-Identifier: Apache-2.0
#include "global-tables/session_turns.h"

#include <algorithm>
#include <utility>

namespace gyre::global_tables {

bool SessionTurns::open(const streams::OpenSession& command) {
  if (waiting_.empty() && open_.size() < sessions_max_) {
    open_.insert(command.key);
    return true;
  }
  waiting_.emplace(command.key, command);
  return false;
}

bool SessionTurns::close(streams::SessionKey key) {
  return waiting_.erase(key) == 0 && open_.erase(key) != 0;
}

std::optional<streams::OpenSession> SessionTurns::next() {
  if (waiting_.empty() || open_.size() >= sessions_max_) return std::nullopt;
  auto first = waiting_.extract(waiting_.begin());
  open_.insert(first.key());
  return std::move(first.mapped());
}

std::vector<streams::SessionKey> SessionTurns::candidates(std::size_t count) {
  std::vector<streams::SessionKey> keys;
  count = std::min(count, open_.size());
  for (auto at = open_.upper_bound(asked_); keys.size() < count; ++at) {
    if (at == open_.end()) at = open_.begin();
    keys.push_back(*at);
  }
  if (!keys.empty()) asked_ = keys.back();
  return keys;
}

}  // namespace gyre::global_tables
