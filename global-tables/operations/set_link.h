// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/api/parsed_operation.h"
#include "core/storage/store.h"
#include "global-tables/peer_link.h"

namespace gyre::global_tables {

struct LinkChange {
  RegionId peer;
  PeerLink* link = nullptr;
  LinkSettings settings;  ///< as they will be
};

/// Gyre.SetLink {Peer, LatencyMs?, JitterMs?, Loss?, Cut?}: changes how what this region reads from a peer
/// travels. Members that are missing stay as they are. Stored first, so that a restart keeps it; answers the
/// settings that now hold.
class SetLink final : public api::ParsedOperation<LinkChange> {
 public:
  SetLink(storage::Store& store, PeerLinks& links) : store_(store), links_(links) {}

 private:
  Result<LinkChange> parse(const api::RequestReader& request) const override;
  api::Intents intents(const LinkChange& parsed) const override;
  void execute(LinkChange parsed, const http::Request& request, http::Responder respond) override;

  storage::Store& store_;
  PeerLinks& links_;
};

}  // namespace gyre::global_tables
