// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/completion_sink.h"
#include "core/base/ids.h"
#include "core/base/result.h"

namespace gyre {

struct TableSchema;

/// AWS's words for a region that may not leave yet (ReplicaControl::sourced_lately).
inline constexpr std::string_view kSourcedLately =
    "Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the "
    "table "
    "in the last 24 hours.";

/// One element of UpdateTable's ReplicaUpdates (2019.11.21).
struct ReplicaUpdate {
  enum class Action { kCreate, kDelete };
  Action action = Action::kCreate;
  RegionId region;
};

/// What UpdateTable hands ReplicaUpdates to. core/operations calls it; global-tables implements it; main
/// wires the two. Any thread.
class ReplicaControl {
 public:
  virtual ~ReplicaControl() = default;
  /// Starts the change of a table's group and answers once, on `sink`, as soon as it is accepted
  /// (DescribeTable then shows the replica as CREATING or DELETING) or refused: kValidation with AWS's text,
  /// kResourceInUse while another change is under way, kResourceNotFound, kUnavailable if the owner of the
  /// group cannot be reached.
  virtual void update_replicas(const std::string& table_name, std::vector<ReplicaUpdate> updates,
                               CompletionSink& sink, std::function<void(Status)> done) = 0;
  /// Has a replica that is there come from this region's copy of the table in the last 24 hours? AWS lets no
  /// such region leave the group (AWS developer guide, "Using global tables"); here only one with its timings
  /// asks.
  virtual bool sourced_lately(const TableSchema& table) const = 0;
};

}  // namespace gyre
