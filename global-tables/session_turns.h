// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "streams/reading/session_message.h"

namespace gyre::global_tables {

/// Which of the sessions that the links of one peer want are open: no more than a peer lets one reader have.
/// The others wait, first come, first served; whoever owns this asks those that have been open the longest to
/// give theirs up. A session is numbered when it is asked for, so the smallest number has waited, or was
/// open, the longest. No I/O; one thread.
class SessionTurns {
 public:
  explicit SessionTurns(std::size_t sessions_max) : sessions_max_(sessions_max) {}

  /// A link wants it. True: it is to be opened now. Otherwise it is kept until next() hands it out.
  bool open(const streams::OpenSession& command);
  /// It is over, or no longer wanted. False: it was never opened, and the peer knows nothing of it.
  bool close(streams::SessionKey key);
  /// What may be opened now, of those that wait.
  std::optional<streams::OpenSession> next();
  bool somebody_waits() const { return !waiting_.empty(); }
  /// Up to `count` open sessions to be asked whether they give up: each call goes on behind those of the call
  /// before.
  std::vector<streams::SessionKey> candidates(std::size_t count);
  std::size_t open_count() const { return open_.size(); }

 private:
  const std::size_t sessions_max_;
  std::set<streams::SessionKey> open_;
  std::map<streams::SessionKey, streams::OpenSession> waiting_;
  streams::SessionKey asked_ = 0;  // the last candidate
};

}  // namespace gyre::global_tables
