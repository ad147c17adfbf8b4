// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/storage/catalog.h"
#include "global-tables/membership.h"
#include "global-tables/membership_message.h"
#include "global-tables/peer_replicator.h"

namespace gyre::global_tables {

/// What this region knows of its peers' catalogs, and what follows from that: which membership requests are
/// to be answered, what is due, which tables are to be followed. A machine without I/O or locks, owned by
/// GroupControl; one thread at a time. It holds the latest state of each table and, of each peer's lives that
/// ended, those that some group names, kEndedLivesMax others, and as many again before it forgets any.
class GroupView {
 public:
  static constexpr std::size_t kEndedLivesMax = 4096;

  /// Through where each peer's membership requests were answered, as stored. Those that come again are
  /// history.
  using Answered = std::map<RegionId, std::optional<storage::LogCursor>>;

  // What the owner of the view has to do.
  /// Answer a peer's request, and remember `cursor` in the same commit.
  struct AnswerRequest {
    RegionId peer;
    MembershipRequest request;
    storage::LogCursor cursor;
  };
  /// A request of this region was answered.
  struct TakeReply {
    MembershipReply reply;
  };
  using Event = std::variant<AnswerRequest, TakeReply>;

  /// `answered` names every peer.
  GroupView(RegionId self, Answered answered);

  /// What a peer's catalog shard says. `own`: this region's catalog now.
  std::vector<Event> take(const RegionId& peer, std::vector<CatalogNews> news,
                          const storage::CatalogSnapshot& own);
  /// These lives of tables at `peer` were read to their end.
  void exhausted(const RegionId& peer, const std::vector<IncarnationId>& lives);

  /// The next action that is due for any table.
  std::optional<std::pair<std::string, MembershipAction>> next_action(const storage::CatalogSnapshot& own);
  /// What peers() says of this table name and its group, and nothing else.
  PeerCatalogs peers_of(const std::string& name, const storage::CatalogSnapshot& own) const;
  /// This invitation was refused, to this owner: not again.
  void refused(IncarnationId incarnation, const RegionId& owner) { refused_[incarnation] = owner; }
  /// The refusal, about the table `name`, did not come through.
  void not_refused(const std::string& name, IncarnationId incarnation) {
    if (refused_.erase(incarnation) != 0) changed_.insert(name);
  }
  /// What is to be followed at `peer` now.
  std::vector<TableLinkIdentity> tables_of(const RegionId& peer, const storage::CatalogSnapshot& own) const;

  /// True once `peer`'s catalog was read to its head.
  bool knows(const RegionId& peer) const;
  const PeerCatalogs& peers() const { return peers_; }
  /// Grows with every piece of news.
  std::uint64_t generation() const { return generation_; }

 private:
  struct Requests {  // of one peer: which are answered
    std::optional<storage::LogCursor> answered;
    bool compared = false;       // whether the next line is known
    bool foreign_epoch = false;  // the cursor is of another life: the peer's old requests are history
  };

  void restart(const RegionId& peer);
  void note_all_changed();
  void take(const RegionId& peer, const PeerChange& change, const storage::CatalogSnapshot& own,
            std::vector<Event>& events);
  bool is_answered(const RegionId& peer, const storage::LogCursor& at);
  void note_ended(const RegionId& peer, const TableSchema& table, const storage::CatalogSnapshot& own);
  void forget_old_lives(const RegionId& peer, const storage::CatalogSnapshot& own);
  void note_own_changes(const storage::CatalogSnapshot& own);
  std::set<IncarnationId> named_lives(const storage::CatalogSnapshot& own) const;

  const RegionId self_;
  PeerCatalogs peers_;
  std::map<RegionId, Requests> requests_;
  std::map<RegionId, std::deque<IncarnationId>> ended_;  // PeerCatalog::dropped, oldest first
  std::map<RegionId, std::size_t> forget_at_;            // so many of `ended_`
  std::map<IncarnationId, RegionId> refused_;            // and to whom
  std::uint64_t generation_ = 1;
  // For each name that is not in `changed_`, nothing is due: it was looked at, and nothing of it changed
  // since.
  std::set<std::string> changed_;
  std::map<TableId, storage::TablePointer> seen_;               // this region's, as last looked at
  std::map<std::string, std::set<IncarnationId>> own_dropped_;  // of seen_, by name
};

}  // namespace gyre::global_tables
