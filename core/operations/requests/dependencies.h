// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/http/operation.h"
#include "core/model/replica_control.h"
#include "core/storage/store.h"

namespace gyre::operations {

class CollectionLimit;
class Throttle;

/// What operations work on. Borrowed; outlives the server.
struct Dependencies {
  storage::Store& store;
  /// Takes UpdateTable's ReplicaUpdates. nullptr: this region replicates with nobody, and says so.
  ReplicaControl* replicas = nullptr;
  /// Refuses what tables have no capacity for. nullptr: nothing is throttled.
  Throttle* throttle = nullptr;
  /// Keeps item collections from growing too large. nullptr: they may.
  CollectionLimit* collections = nullptr;
  /// Whether waiting times of AWS that a laptop has no use for are kept (the region option --aws-timings).
  bool aws_timings = false;
  /// Whether counts are shown as old as AWS's may be (the region option --stale-counts).
  bool stale_counts = false;
};

using OperationPointer = std::unique_ptr<http::Operation>;

}  // namespace gyre::operations
