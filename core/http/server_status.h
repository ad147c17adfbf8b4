// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/http/request_counts.h"

namespace gyre::http {

/// What an HTTP server did since it was bound, and holds now. A value.
struct ServerStatus {
  std::vector<OperationStatus> operations;  ///< by number; 0: of requests that named none that is known
  std::size_t connections = 0;
  std::size_t connections_max = 0;
  std::uint64_t accepted = 0;     ///< connections
  std::uint64_t turned_away = 0;  ///< connections that were refused: too many
  // What bodies and replies hold of the budgets for them, and who waits for a share.
  std::size_t body_bytes = 0;
  std::size_t body_bytes_max = 0;
  std::size_t reply_bytes = 0;
  std::size_t reply_bytes_max = 0;
  std::size_t waiting = 0;
};

}  // namespace gyre::http
