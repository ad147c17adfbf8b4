// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/model/replica_control.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/tables/encryption.h"

namespace gyre::operations {

/// UpdateTable's `ReplicaUpdates` (2019.11.21). Adding and removing goes one way, changing members another.
struct ReplicaRequest {
  std::vector<ReplicaUpdate> members;  ///< to add and to remove
  ReplicaKeys keys;                    ///< of those to add
  std::optional<ReplicaKeys> updates;  ///< of members that are there

  bool any() const { return !members.empty() || updates; }
};

/// kValidation for a region named twice, for overrides of single replicas, and for strong consistency, which
/// are not built.
Result<ReplicaRequest> read_replica_updates(const RequestReader& request);

}  // namespace gyre::operations
