// SPDX-License-Identifier: Apache-2.0
#include "global-tables/group_view.h"

#include <algorithm>

#include "core/base/check.h"

namespace gyre::global_tables {
namespace {

template <class Message>
const Message* membership(const PeerChange& change) {
  return change.message ? std::get_if<Message>(&*change.message) : nullptr;
}

void add_lives(const TableSchema& table, std::set<IncarnationId>& lives) {
  if (!table.group) return;
  for (const GroupMember& member : table.group->members) lives.insert(member.incarnation);
}

}  // namespace

GroupView::GroupView(RegionId self, Answered answered) : self_(std::move(self)) {
  for (auto& [peer, cursor] : answered) {
    peers_[peer];
    requests_[peer].answered = std::move(cursor);
  }
}

// --- news ---

std::vector<GroupView::Event> GroupView::take(const RegionId& peer, std::vector<CatalogNews> news,
                                              const storage::CatalogSnapshot& own) {
  CHECK(peers_.contains(peer));
  std::vector<Event> events;
  for (const CatalogNews& item : news) {
    if (item.restart) restart(peer);
    for (const PeerChange& change : item.changes) take(peer, change, own, events);
    if (item.caught_up) {
      if (!std::exchange(peers_[peer].known, true)) note_all_changed();
      // What the peer's other life asked for ends where its log ends now.
      requests_[peer].foreign_epoch = false;
    }
    ++generation_;
  }
  return events;
}

void GroupView::note_all_changed() {
  for (const auto& [id, table] : seen_) changed_.insert(table->schema.name);
  for (const auto& [peer, catalog] : peers_) {
    for (const auto& [name, table] : catalog.tables) changed_.insert(name);
  }
}

void GroupView::restart(const RegionId& peer) {
  note_all_changed();
  peers_[peer] = PeerCatalog();
  ended_.erase(peer);
  forget_at_.erase(peer);
  requests_[peer].compared = false;
}

void GroupView::take(const RegionId& peer, const PeerChange& change, const storage::CatalogSnapshot& own,
                     std::vector<Event>& events) {
  const bool answered = is_answered(peer, change.after);
  PeerCatalog& catalog = peers_[peer];
  if (const auto* table = std::get_if<storage::TableChanged>(&change.change)) {
    changed_.insert(table->schema.name);
    if (table->schema.deleted_ms) {
      note_ended(peer, table->schema, own);
    } else {
      catalog.tables[table->schema.name] = table->schema;
    }
  } else if (const auto* dropped = std::get_if<storage::TableDropped>(&change.change)) {
    changed_.insert(dropped->schema.name);
    note_ended(peer, dropped->schema, own);
    const auto at = catalog.tables.find(dropped->schema.name);
    if (at != catalog.tables.end() && at->second.incarnation == dropped->schema.incarnation) {
      catalog.tables.erase(at);
    }
  } else if (const auto* request = membership<MembershipRequest>(change)) {
    if (answered || request->owner != self_) return;
    requests_[peer].answered = change.after;
    events.emplace_back(AnswerRequest{peer, *request, change.after});
  } else if (const auto* reply = membership<MembershipReply>(change)) {
    if (reply->to == self_) events.emplace_back(TakeReply{*reply});
  }
}

// Whether the peer's membership requests at this position are answered.
bool GroupView::is_answered(const RegionId& peer, const storage::LogCursor& at) {
  Requests& requests = requests_[peer];
  if (!std::exchange(requests.compared, true)) {
    requests.foreign_epoch = requests.answered && requests.answered->epoch != at.epoch;
  }
  if (requests.foreign_epoch) return true;
  return requests.answered && requests.answered->epoch == at.epoch &&
         at.sequence <= requests.answered->sequence;
}

// --- lives that ended ---

// Its log stays readable for its retention: what it took last is read before it is forgotten here, however
// long that takes.
void GroupView::note_ended(const RegionId& peer, const TableSchema& table,
                           const storage::CatalogSnapshot& own) {
  if (!peers_[peer].dropped.insert(table.incarnation).second) return;
  ended_[peer].push_back(table.incarnation);
  std::size_t& forget_at = forget_at_.try_emplace(peer, 2 * kEndedLivesMax).first->second;
  if (ended_[peer].size() >= forget_at) {
    forget_old_lives(peer, own);
    // All lives are looked at for that, so it is due again only when there are twice as many.
    forget_at = 2 * std::max(ended_[peer].size(), kEndedLivesMax);
  }
  const storage::TablePointer mine = own.find(table.name);
  if (mine == nullptr || !mine->schema.group) return;
  const GroupMember* member = mine->schema.group->find(peer);
  if (member == nullptr || member->incarnation != table.incarnation) return;
  peers_[peer].unread.emplace(table.incarnation, table.name);
}

// No group that anybody shows names such a life, so nothing is decided by it. The newest stay: a group that
// names one may be on its way.
void GroupView::forget_old_lives(const RegionId& peer, const storage::CatalogSnapshot& own) {
  const std::set<IncarnationId> named = named_lives(own);
  std::deque<IncarnationId>& ended = ended_[peer];
  std::deque<IncarnationId> kept;
  for (std::size_t i = 0; i < ended.size(); ++i) {
    const bool old = i + kEndedLivesMax < ended.size();
    if (old && !named.contains(ended[i])) {
      peers_[peer].dropped.erase(ended[i]);
    } else {
      kept.push_back(ended[i]);
    }
  }
  ended = std::move(kept);
  std::erase_if(refused_, [&](const auto& refusal) { return !named.contains(refusal.first); });
}

std::set<IncarnationId> GroupView::named_lives(const storage::CatalogSnapshot& own) const {
  std::set<IncarnationId> lives;
  for (const auto& [id, table] : own.tables()) add_lives(table->schema, lives);
  for (const auto& [peer, catalog] : peers_) {
    for (const auto& [name, table] : catalog.tables) add_lives(table, lives);
  }
  return lives;
}

void GroupView::exhausted(const RegionId& peer, const std::vector<IncarnationId>& lives) {
  for (const IncarnationId life : lives) {
    const auto unread = peers_[peer].unread.extract(life);
    if (!unread) continue;
    ++generation_;
    changed_.insert(unread.mapped());
  }
}

// --- what follows ---

// Tables are many and changes few: what did not change is not looked at again.
void GroupView::note_own_changes(const storage::CatalogSnapshot& own) {
  const auto note = [&](const storage::TablePointer& table, bool there) {
    changed_.insert(table->schema.name);
    if (!table->schema.deleted_ms) return;
    std::set<IncarnationId>& dropped = own_dropped_[table->schema.name];
    if (there) dropped.insert(table->schema.incarnation);
    if (!there) dropped.erase(table->schema.incarnation);
    if (dropped.empty()) own_dropped_.erase(table->schema.name);
  };
  std::erase_if(seen_, [&](const auto& seen) {
    const bool gone = own.find(seen.first) == nullptr;
    if (gone) note(seen.second, /*there=*/false);
    return gone;
  });
  for (const auto& [id, table] : own.tables()) {
    storage::TablePointer& seen = seen_[id];
    if (seen == table) continue;
    seen = table;
    note(table, /*there=*/true);
  }
}

std::optional<std::pair<std::string, MembershipAction>> GroupView::next_action(
    const storage::CatalogSnapshot& own) {
  note_own_changes(own);
  while (!changed_.empty()) {
    const std::string& name = *changed_.begin();
    LocalTable local;
    local.self = self_;
    if (const storage::TablePointer table = own.find(name)) local.living = &table->schema;  // `own` keeps it
    if (const auto dropped = own_dropped_.find(name); dropped != own_dropped_.end())
      local.dropped = dropped->second;
    auto action = global_tables::next_action(name, local, peers_);
    const auto* refusal = action ? std::get_if<RefuseReplica>(&*action) : nullptr;
    const auto before = refusal == nullptr ? refused_.end() : refused_.find(refusal->incarnation);
    const bool refused = before != refused_.end() && before->second == refusal->owner;
    if (action && !refused)
      return std::pair(name, std::move(*action));  // and it is looked at once more behind it
    changed_.erase(changed_.begin());
  }
  return std::nullopt;
}

PeerCatalogs GroupView::peers_of(const std::string& name, const storage::CatalogSnapshot& own) const {
  std::set<IncarnationId> lives;
  if (const storage::TablePointer mine = own.find(name)) add_lives(mine->schema, lives);
  PeerCatalogs slice;
  for (const auto& [peer, catalog] : peers_) {
    slice[peer].known = catalog.known;
    const auto table = catalog.tables.find(name);
    if (table == catalog.tables.end()) continue;
    slice[peer].tables.insert(*table);
    add_lives(table->second, lives);
  }
  for (const auto& [peer, catalog] : peers_) {
    for (const IncarnationId life : lives) {
      if (catalog.dropped.contains(life)) slice[peer].dropped.insert(life);
      if (catalog.unread.contains(life)) slice[peer].unread.emplace(life, name);
    }
  }
  return slice;
}

bool GroupView::knows(const RegionId& peer) const {
  const auto catalog = peers_.find(peer);
  return catalog != peers_.end() && catalog->second.known;
}

std::vector<TableLinkIdentity> GroupView::tables_of(const RegionId& peer,
                                                    const storage::CatalogSnapshot& own) const {
  std::vector<TableLinkIdentity> tables;
  const auto theirs = peers_.find(peer);
  if (theirs == peers_.end() || !theirs->second.known) return tables;
  for (const auto& [name, id] : own.names()) {
    const TableSchema& mine = own.find(id)->schema;
    const GroupMember* self = mine.group ? mine.group->find(self_) : nullptr;
    const GroupMember* member = mine.group ? mine.group->find(peer) : nullptr;
    const auto table = theirs->second.tables.find(name);
    if (self == nullptr || member == nullptr || self->incarnation != mine.incarnation) continue;
    const bool lives =
        table != theirs->second.tables.end() && member->incarnation == table->second.incarnation;
    const bool unread = theirs->second.unread.contains(member->incarnation);
    if (!lives && !unread) continue;
    TableLinkIdentity identity;
    identity.peer = peer;
    identity.peer_incarnation = member->incarnation;
    identity.table = id;
    identity.name = name;
    identity.key_schema = mine.key_schema;
    identity.ended = unread;
    identity.first_copy = mine.status == TableStatus::kCreating && self->backfill_source == peer;
    tables.push_back(std::move(identity));
  }
  return tables;
}

}  // namespace gyre::global_tables
