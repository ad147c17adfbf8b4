// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/http/router.h"
#include "core/model/replica_control.h"
#include "core/storage/store.h"
#include "global-tables/links.h"
#include "global-tables/peer_link.h"

namespace gyre::global_tables {

/// Another region of the topology, and how the way to it behaves at first.
struct Peer {
  RegionId region;
  std::string stream_endpoint;  ///< of its stream server: "tcp://HOST:PORT"
  LinkSettings link;
};

struct GlobalTablesOptions {
  std::uint64_t seed = 1;    ///< of the links' jitter and loss
  bool aws_timings = false;  ///< a region that was the source of a replica is not removed for a day
};

/// The door of the room: everything that makes a region's tables global. Owned by main; made after the store
/// was opened, started after the writer, stopped before the store.
class GlobalTables {
 public:
  /// `store` and `clock` outlive this. Link settings that were changed at run time are read back and win over
  /// `peers`'.
  static std::unique_ptr<GlobalTables> create(storage::Store& store, std::vector<Peer> peers,
                                              const Clock& clock, GlobalTablesOptions options);
  virtual ~GlobalTables() = default;

  /// What UpdateTable hands ReplicaUpdates to. Any thread.
  virtual ReplicaControl& replica_control() = 0;
  /// Adds Gyre.SetLink, Gyre.DescribeLinks, Gyre.DescribeGroup,
  /// Gyre.DigestTable, Gyre.DigestBucket and Gyre.ListConflicts. They live no longer than this.
  virtual void add_operations(http::Router& router) = 0;
  /// Begins to follow the peers, one thread each.
  virtual void start() = 0;
  /// Waits until nothing of this is under way in the writer. Idempotent.
  virtual void stop() = 0;
  /// How each link stands, a few milliseconds old at most. Any thread.
  virtual std::vector<PeerLinkStatus> links() const = 0;
};

}  // namespace gyre::global_tables
