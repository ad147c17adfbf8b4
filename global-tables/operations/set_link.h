// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/http/operation.h"
#include "core/storage/store.h"
#include "global-tables/peer_link.h"

namespace gyre::global_tables {

/// Gyre.SetLink {Peer, LatencyMs?, JitterMs?, Loss?, Cut?}: changes how what this region reads from a peer
/// travels. Members that are missing stay as they are. Stored first, so that a restart keeps it; answers the
/// settings that now hold.
class SetLink final : public http::Operation {
 public:
  SetLink(storage::Store& store, PeerLinks& links) : store_(store), links_(links) {}
  void run(const http::Request& request, http::Responder respond) override;

 private:
  storage::Store& store_;
  PeerLinks& links_;
};

}  // namespace gyre::global_tables
