// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/model/replica_control.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {

/// UpdateTable's `ReplicaUpdates` (2019.11.21); empty if there are none. kValidation for a region named
/// twice, for overrides of single replicas, and for strong consistency, which are not built.
Result<std::vector<ReplicaUpdate>> read_replica_updates(const RequestReader& request);

}  // namespace gyre::operations
