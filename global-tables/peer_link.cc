// SPDX-License-Identifier: Apache-2.0
#include "global-tables/peer_link.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/duration.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/storage/read_view.h"
#include "global-tables/progress_rows.h"

namespace gyre::global_tables {
namespace {

// How long a round may wait for news: catalog changes of this region's own users are noticed by looking.
constexpr int kPollMs = 100;
constexpr int kFinishPollMs = 10;
constexpr std::uint64_t kPublishNs = 20'000'000;

}  // namespace

PeerLink::PeerLink(storage::Store& store, GroupControl& control, Options options, Connect connect)
    : store_(store),
      control_(control),
      peer_(options.peer),
      shaper_(options.settings, options.seed),
      connect_(std::move(connect)),
      replicator_(options.peer, [this](const TableLinkIdentity& table) { return load_progress(table); }) {
  status_.peer = peer_;
}

PeerLink::~PeerLink() {
  stop();
}

void PeerLink::start() {
  CHECK(!thread_.joinable());
  thread_ = std::thread([this] { run(); });
}

void PeerLink::stop() {
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
}

void PeerLink::run() {
  const Status opened = open();
  if (!opened.ok()) {
    log_error("link to {}: {}", peer_.name(), opened.error().message);
    const std::lock_guard lock(mutex_);
    status_.message = opened.error().message;
    return;
  }
  while (!stopping_) step(kPollMs);
  finish();
}

Status PeerLink::open() {
  ASSIGN_OR_RETURN(std::unique_ptr<streams::StreamClient> client, connect_(&shaper_));
  const std::lock_guard lock(mutex_);
  client_ = std::move(client);
  sessions_.emplace(*client_, [this](SessionKey key, streams::SessionMessage message) {
    replicator_.take(key, std::move(message), now_ms());
  });
  replicator_.start();
  return {};
}

void PeerLink::step(int timeout_ms) {
  perform_commands();
  client_->poll(timeout_ms);
  run_completions();
  follow_tables();
  replicator_.tick(now_ms());
  perform_commands();
  std::vector<CatalogNews> news = replicator_.take_news();
  if (!news.empty()) control_.peer_news(peer_, std::move(news));
  if (const auto lives = replicator_.exhausted(); !lives.empty()) control_.peer_exhausted(peer_, lives);
  if (Backlogs backlogs = replicator_.backlogs(); backlogs != told_backlogs_) {
    told_backlogs_ = backlogs;
    control_.peer_backlogs(peer_, std::move(backlogs));
  }
  control_.reconcile();
  publish(timeout_ms == 0);
}

void PeerLink::finish() {
  while (outstanding_ > 0) {
    client_->poll(kFinishPollMs);
    run_completions();
  }
  std::unique_ptr<streams::StreamClient> client;
  {
    const std::lock_guard lock(mutex_);
    client = std::move(client_);
  }
  if (sessions_) sessions_->forget_client();
  client.reset();  // on this thread, and before the sessions that it calls
  sessions_.reset();
}

void PeerLink::wake() {
  const std::lock_guard lock(mutex_);
  if (client_ != nullptr) client_->wake();
}

void PeerLink::deliver(std::vector<std::function<void()>> completions) {
  const std::lock_guard lock(mutex_);
  for (auto& completion : completions) completions_.push_back(std::move(completion));
  if (client_ != nullptr) client_->wake();
}

void PeerLink::run_completions() {
  std::vector<std::function<void()>> completions;
  {
    const std::lock_guard lock(mutex_);
    completions.swap(completions_);
  }
  for (auto& completion : completions) completion();
}

void PeerLink::follow_tables() {
  const auto catalog = store_.catalog().snapshot();
  const std::uint64_t generation = control_.generation();
  if (catalog == followed_catalog_ && generation == followed_generation_) return;
  followed_catalog_ = catalog;
  followed_generation_ = generation;
  replicator_.follow(control_.tables_of(peer_), now_ms());
}

std::optional<TableProgress> PeerLink::load_progress(const TableLinkIdentity& table) const {
  const ReadRow row = [this](const storage::RoomRow& key) {
    return store_.reads().row(key, storage::ReadTier::kAll);
  };
  auto progress = global_tables::load_progress(row, table.peer, table.table);
  if (progress.ok()) return std::move(progress).value();
  log_error("table {} from {}: {}; it is copied anew", table.name, table.peer.name(),
            progress.error().message);
  return TableProgress();
}

void PeerLink::perform_commands() {
  for (LinkCommand& command : replicator_.take_commands()) {
    std::visit([this](auto& each) { perform(each); }, command);
  }
}

void PeerLink::perform(CommitWork& command) {
  ++outstanding_;
  store_.writer().submit(std::make_unique<ApplyRequest>(
      std::move(command.work), *this,
      [this, key = command.key](const Status& status, const ApplyCounts& counts) {
        --outstanding_;
        if (status.ok()) {
          counts_.applied += counts.applied;
          counts_.stale += counts.stale;
          counts_.conflicts += counts.conflicts;
          counts_.diverged += counts.diverged;
        }
        replicator_.committed(key, status, now_ms());
      }));
}

void PeerLink::publish(bool now) {
  const std::uint64_t now_ns = store_.clock().steady_ns();
  if (!now && now_ns < publish_at_ns_) return;
  PeerLinkStatus status;
  status.peer = peer_;
  status.connected = client_->connected();
  status.message = replicator_.catalog_message();
  status.counts = counts_;
  status.tables = replicator_.report();
  // With very many tables it takes its time, and comes less often.
  const std::uint64_t took_ns = store_.clock().steady_ns() - now_ns;
  publish_at_ns_ = now_ns + std::max(kPublishNs, 20 * took_ns);
  const std::lock_guard lock(mutex_);
  status_ = std::move(status);
  heard_ns_ = client_->heard_ns();
}

PeerLinkStatus PeerLink::status() const {
  const std::lock_guard lock(mutex_);
  PeerLinkStatus status = status_;
  const std::uint64_t now_ns = store_.clock().steady_ns();
  if (status.connected && now_ns > heard_ns_) status.silent_ms = (now_ns - heard_ns_) / kNanosecondsPerMs;
  status.settings = shaper_.settings();
  return status;
}

}  // namespace gyre::global_tables
