// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/http/router.h"
#include "core/model/replica_control.h"
#include "core/operations/message_style.h"
#include "core/storage/store.h"

/// The door of the room: DynamoDB's operations on tables and items, one per file.
namespace gyre::operations {

class Throttle;

/// What operations work on. Borrowed; outlives the server.
struct Dependencies {
  storage::Store& store;
  /// Takes UpdateTable's ReplicaUpdates. nullptr: this region replicates with nobody, and says so.
  ReplicaControl* replicas = nullptr;
  MessageStyle message_style = MessageStyle::kCurrent;
  /// Refuses what tables have no capacity for. nullptr: nothing is throttled.
  Throttle* throttle = nullptr;
};

/// Adds every operation of the public DynamoDB API (DynamoDB_20120810) to `router`: those that are built, and
/// the names of those that are not, so that they answer with their name. Streams operations are the streams
/// room's.
void add_operations(http::Router& router, const Dependencies& dependencies);

}  // namespace gyre::operations
