// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/base/completion_sink.h"
#include "core/storage/store.h"
#include "global-tables/group_control.h"
#include "global-tables/links.h"
#include "global-tables/peer_replicator.h"
#include "streams/reading/client_sessions.h"

namespace gyre::global_tables {

class PeerLink;
/// All links of a region; constant after creation.
using PeerLinks = std::map<RegionId, std::unique_ptr<PeerLink>>;

struct PeerLinkStatus {
  RegionId peer;
  bool connected = false;
  std::uint64_t silent_ms = 0;  ///< while connected: since the peer was heard of
  bool catalog_known = false;   ///< what the peer holds is known: tables can be replicated to it
  LinkSettings settings;
  std::string message;  ///< why the peer as a whole is not followed; empty = it is
  ApplyCounts counts;   ///< since the start
  std::vector<TableLinkReport> tables;
};

/// The thin shell around a PeerReplicator: owns the one StreamClient to a peer and the thread that polls it,
/// carries the machine's commands to client and writer, and what they answer back to the machine. Created and
/// stopped by GlobalTables.
class PeerLink final : public CompletionSink {
 public:
  /// Makes the client; called once, on the link's own thread.
  using Connect = std::function<Result<std::unique_ptr<streams::StreamClient>>(streams::LinkShaper* shaper)>;
  struct Options {
    RegionId peer;
    LinkSettings settings;
    std::uint64_t seed = 1;  ///< of jitter and loss
  };

  /// `store` and `control` outlive this.
  PeerLink(storage::Store& store, GroupControl& control, Options options, Connect connect);
  ~PeerLink() override;

  void start();
  /// Stops reading, waits for the writer to give back what it has, joins. Idempotent.
  void stop();

  // Instead of start() and stop(), on one thread of the caller's own: how a simulator turns the link by hand.
  Status open();
  /// One round: news of the client, of the writer and of the catalogs, and what follows from them.
  void step(int timeout_ms);
  /// Waits for the writer, then closes the client.
  void finish();

  /// Any thread.
  void wake();
  void deliver(std::vector<std::function<void()>> completions) override;
  ShapedLink& shaper() { return shaper_; }
  PeerLinkStatus status() const;

 private:
  void run();
  void run_completions();
  void follow_tables();
  void perform_commands();
  template <class Command>
  void perform(Command& command) {
    sessions_->perform(std::move(command));
  }
  void perform(CommitWork& command);
  void publish(bool now);
  std::optional<TableProgress> load_progress(const TableLinkIdentity& table) const;
  std::uint64_t now_ms() const { return store_.clock().now_ms(); }

  storage::Store& store_;
  GroupControl& control_;
  const RegionId peer_;
  ShapedLink shaper_;
  Connect connect_;

  // The link's thread alone.
  PeerReplicator replicator_;
  std::optional<streams::ClientSessions> sessions_;  // while there is a client
  std::shared_ptr<const storage::CatalogSnapshot> followed_catalog_;
  std::uint64_t followed_generation_ = 0;
  Backlogs told_backlogs_;
  ApplyCounts counts_;
  int outstanding_ = 0;
  std::uint64_t publish_at_ns_ = 0;

  mutable std::mutex mutex_;                       // guards what follows; held for moments only
  std::unique_ptr<streams::StreamClient> client_;  // used by the link's thread; others only wake it
  std::vector<std::function<void()>> completions_;
  PeerLinkStatus status_;
  std::uint64_t heard_ns_ = 0;  // of the client, when status_ was published

  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace gyre::global_tables
