// SPDX-License-Identifier: Apache-2.0
#include "global-tables/global_tables.h"

#include <map>

#include "core/api/checked_operation.h"
#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/storage/read_view.h"
#include "global-tables/group_control.h"
#include "global-tables/operations/describe_group.h"
#include "global-tables/operations/describe_links.h"
#include "global-tables/operations/digest_bucket.h"
#include "global-tables/operations/digest_table.h"
#include "global-tables/operations/list_conflicts.h"
#include "global-tables/operations/set_link.h"

namespace gyre::global_tables {
namespace {

std::vector<RegionId> regions_of(const std::vector<Peer>& peers) {
  std::vector<RegionId> regions;
  for (const Peer& peer : peers) regions.push_back(peer.region);
  return regions;
}

LinkSettings stored_settings(storage::Store& store, const Peer& peer) {
  const auto row = store.reads().row(link_row(peer.region), storage::ReadTier::kAll);
  if (!row.ok() || !row->has_value()) return peer.link;
  const Result<LinkSettings> settings = decode_link_settings(**row);
  if (settings.ok()) return *settings;
  log_error("{}: {}; the topology's settings are used", link_row(peer.region).key(),
            settings.error().message);
  return peer.link;
}

class Assembly final : public GlobalTables {
 public:
  Assembly(storage::Store& store, std::vector<Peer> peers, const Clock& clock, GlobalTablesOptions options)
      : store_(store), control_(store, regions_of(peers), options.aws_timings) {
    for (const Peer& peer : peers) {
      const PeerLink::Options link{peer.region, stored_settings(store, peer),
                                   options.seed ^ hash64(peer.region.name())};
      links_[peer.region] = std::make_unique<PeerLink>(
          store, control_, link,
          [endpoint = peer.stream_endpoint, reader = "replicator " + store.region().name(),
           &clock](streams::LinkShaper* shaper) {
            return streams::StreamClient::connect(endpoint, reader, clock, shaper);
          });
    }
    control_.on_change([this] {
      for (const auto& [peer, link] : links_) link->wake();
    });
  }
  ~Assembly() override { stop(); }

  ReplicaControl& replica_control() override { return control_; }

  void add_operations(http::Router& router) override {
    const auto add = [&](std::string_view target, std::unique_ptr<http::Operation> operation) {
      api::add_plain_operation(router, target, store_.region(), std::move(operation));
    };
    add("Gyre.SetLink", std::make_unique<SetLink>(store_, links_));
    add("Gyre.DescribeLinks", std::make_unique<DescribeLinks>(*this, store_.region(), store_.clock()));
    add("Gyre.DescribeGroup", std::make_unique<DescribeGroup>(store_, control_));
    add("Gyre.DigestTable", std::make_unique<DigestTable>(store_));
    add("Gyre.DigestBucket", std::make_unique<DigestBucket>(store_));
    add("Gyre.ListConflicts", std::make_unique<ListConflicts>(store_));
  }

  void start() override {
    for (const auto& [peer, link] : links_) link->start();
  }

  void stop() override {
    control_.stop();
    for (const auto& [peer, link] : links_) link->stop();
    control_.stop();  // of what the links had asked for until then
  }

  std::vector<PeerLinkStatus> links() const override {
    std::vector<PeerLinkStatus> statuses;
    for (const auto& [peer, link] : links_) {
      statuses.push_back(link->status());
      statuses.back().catalog_known = control_.knows(peer);
    }
    return statuses;
  }

 private:
  storage::Store& store_;
  GroupControl control_;
  PeerLinks links_;
};

}  // namespace

std::unique_ptr<GlobalTables> GlobalTables::create(storage::Store& store, std::vector<Peer> peers,
                                                   const Clock& clock, GlobalTablesOptions options) {
  return std::make_unique<Assembly>(store, std::move(peers), clock, options);
}

}  // namespace gyre::global_tables
