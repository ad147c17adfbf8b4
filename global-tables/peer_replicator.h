// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/base/pause.h"
#include "core/storage/catalog.h"
#include "global-tables/membership_message.h"
#include "global-tables/replica_notes.h"
#include "global-tables/session_turns.h"
#include "global-tables/table_link.h"

namespace gyre::global_tables {

/// One record of a peer's catalog shard.
struct PeerChange {
  storage::LogCursor after;
  storage::CatalogChange change;
  std::optional<MembershipMessage> message;  ///< of a change that carries one
};
/// News from a peer's catalog shard, in order.
struct CatalogNews {
  bool restart = false;  ///< forget all that was told before: the shard is read from its start again
  std::vector<PeerChange> changes;
  bool caught_up = false;  ///< this is the newest that the peer has
};

/// Everything that one region reads from one peer: the catalog shard, from its start (it is never trimmed)
/// and from there again in each other life of the peer's store; and the tables that both are members of. With
/// more shards than a peer lets one reader have sessions, each is read in turn. A machine without I/O: its
/// owner, a PeerLink, hands it what happens and does what it asks. One thread.
class PeerReplicator {
 public:
  using LoadProgress = std::function<std::optional<TableProgress>(const TableLinkIdentity&)>;
  /// `load` answers the stored progress of a table that is to be followed (TableLink says what of one that
  /// cannot be read).
  /// `sessions_max`: of all links together, beside the catalog's.
  PeerReplicator(RegionId peer, LoadProgress load, std::size_t sessions_max = kSessionsMax)
      : peer_(std::move(peer)), load_(std::move(load)), turns_(sessions_max) {}
  /// Some of what a peer lets one reader have is left to what was closed, and not yet there.
  static constexpr std::size_t kSessionsMax = limits::kStreamSessionsMax - limits::kStreamSessionsMax / 8;

  /// Opens the catalog session.
  void start();
  /// The tables to follow from now on. One that was followed before, in another way, is taken up once the
  /// writer has given back what it had of that: only then is its stored progress read.
  void follow(std::vector<TableLinkIdentity> tables, std::uint64_t now_ms);

  void take(SessionKey key, streams::SessionMessage message, std::uint64_t now_ms);
  void committed(SessionKey key, const Status& status, std::uint64_t now_ms);
  void tick(std::uint64_t now_ms);

  /// The lives of the peer's tables that will bring nothing more.
  std::vector<IncarnationId> exhausted() const;
  /// Of the lives that ended, how many records are still to be read.
  Backlogs backlogs() const;
  /// What to do, in order; and what the peer's catalog told.
  std::vector<LinkCommand> take_commands();
  std::vector<CatalogNews> take_news() { return std::exchange(news_, {}); }

  std::vector<TableLinkReport> report() const;
  /// Why the catalog shard is not followed; empty = it is.
  const std::string& catalog_message() const { return catalog_message_; }

 private:
  TableLink* link_of(SessionKey key);
  void refresh_links(std::uint64_t now_ms);
  void open_catalog();
  void take_catalog(const streams::SessionMessage& message, std::uint64_t now_ms);
  void catalog_batch(const streams::RecordBatch& batch);
  void catalog_refused(const streams::Refusal& refusal, std::uint64_t now_ms);
  void catalog_heard(const streams::Heard& heard);
  void collect(TableLink& link);
  void take_turns(std::uint64_t now_ms);

  RegionId peer_;
  LoadProgress load_;
  SessionKey last_key_ = 0;
  SessionKey catalog_key_ = 0;
  storage::LogCursor catalog_place_{Epoch(), storage::kCatalogShard, SequenceNumber(), Ordinal(), 0};
  bool catalog_caught_up_ = false;
  std::optional<Pause> catalog_pause_;  // before it is opened again
  std::string catalog_message_;
  std::vector<TableLinkIdentity> followed_;
  std::map<TableId, TableLink> links_;    // those of `followed_`, and those that are not settled yet
  std::set<TableId> ended_;               // those of links_ whose life has ended
  std::map<SessionKey, TableId> routes_;  // of sessions that are open, or wait for it
  SessionTurns turns_;
  Pause turn_pause_, tick_pause_;
  std::map<SessionKey, TableId> committing_;  // of what the writer has; outlives the sessions
  std::vector<LinkCommand> commands_;
  std::vector<CatalogNews> news_;
};

}  // namespace gyre::global_tables
