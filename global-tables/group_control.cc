// SPDX-License-Identifier: Apache-2.0
#include "global-tables/group_control.h"

#include <fmt/core.h>

#include "core/base/check.h"
#include "core/base/duration.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/random.h"
#include "core/storage/function_request.h"
#include "global-tables/group_actions.h"
#include "global-tables/progress_rows.h"

namespace gyre::global_tables {
namespace {

// How long a group waits for the last writes of a member whose table was dropped: time enough to notice that
// a connection is dead, and to read on over another.
constexpr std::uint64_t kLastWritesWaitMs = 2 * limits::kPeerDeadMs;

}  // namespace

GroupControl::GroupControl(storage::Store& store, const std::vector<RegionId>& peers, bool aws_timings)
    : store_(store), aws_timings_(aws_timings) {
  for (const RegionId& peer : peers) peers_[peer];
}

GroupControl::~GroupControl() {
  stop();
}

void GroupControl::submit(CompletionSink& sink, std::function<Status(storage::WriteTransaction&)> evaluate,
                          std::function<void(Status)> done) {
  {
    const std::lock_guard lock(mutex_);
    ++outstanding_;
  }
  store_.writer().submit(std::make_unique<storage::FunctionRequest>(
      sink, std::move(evaluate), [this, done = std::move(done)](Status outcome) {
        done(std::move(outcome));
        wake_();
        // Last, and under the lock: stop() may end this
        // object's life as soon as it sees the count.
        const std::lock_guard lock(mutex_);
        if (--outstanding_ == 0) idle_.notify_all();
      }));
}

// --- users ---

void GroupControl::update_replicas(const std::string& table_name, std::vector<ReplicaUpdate> updates,
                                   CompletionSink& sink, std::function<void(Status)> done) {
  const auto answer_now = [&](Error error) {
    sink.deliver({[done, error = std::move(error)] { done(error); }});
  };
  const storage::TablePointer table = store_.catalog().snapshot()->find(table_name);
  if (table == nullptr) {
    return answer_now(Error::resource_not_found(
        fmt::format("Requested resource not found: Table: {} not found", table_name)));
  }
  std::unique_lock lock(mutex_);
  if (stopped_) return answer_now(Error(ErrorCode::kUnavailable, "This region is stopping."));
  const Result<ReplicaUpdate> update = check(table->schema, updates);
  const RegionId owner = table->schema.group ? table->schema.group->owner : store_.region();
  const bool owner_known = owner == store_.region() || (peers_.contains(owner) && peers_[owner].known);
  lock.unlock();
  if (!update.ok()) return answer_now(update.error());
  if (!owner_known) {
    return answer_now(Error(
        ErrorCode::kUnavailable,
        fmt::format("Region {}, which owns the group of this table, cannot be reached.", owner.name())));
  }
  if (owner == store_.region()) {
    change_own_group(table_name, *update, sink, std::move(done));
  } else {
    ask_owner(table_name, owner, *update, sink, std::move(done));
  }
}

Result<ReplicaUpdate> GroupControl::check(const TableSchema& table,
                                          const std::vector<ReplicaUpdate>& updates) const {
  ASSIGN_OR_RETURN(ReplicaUpdate update, check_updates(table, store_.region(), updates, peers_));
  const bool removed = aws_timings_ && update.action == ReplicaUpdate::Action::kDelete;
  if (removed &&
      global_tables::sourced_lately(table, store_.region(), update.region, peers_, store_.clock().now_ms())) {
    return Error::validation(std::string(kSourcedLately));
  }
  return update;
}

bool GroupControl::sourced_lately(const TableSchema& table) const {
  const std::lock_guard lock(mutex_);
  return global_tables::sourced_lately(table, store_.region(), store_.region(), peers_,
                                       store_.clock().now_ms());
}

void GroupControl::change_own_group(const std::string& table_name, const ReplicaUpdate& update,
                                    CompletionSink& sink, std::function<void(Status)> done) {
  submit(
      sink,
      [table_name, update](storage::WriteTransaction& transaction) {
        return change_group_here(transaction, table_name, update);
      },
      std::move(done));
}

void GroupControl::ask_owner(const std::string& table_name, const RegionId& owner,
                             const ReplicaUpdate& update, CompletionSink& sink,
                             std::function<void(Status)> done) {
  storage::MembershipRequest request;
  request.id = entropy();
  request.table_name = table_name;
  request.owner = owner;
  request.region = update.region;
  request.action = update.action == ReplicaUpdate::Action::kCreate
                       ? storage::MembershipRequest::Action::kAdd
                       : storage::MembershipRequest::Action::kRemove;
  {
    const std::lock_guard lock(mutex_);
    const std::uint64_t deadline =
        store_.clock().steady_ns() + limits::kMembershipReplyTimeoutMs * kNanosecondsPerMs;
    pending_.emplace(request.id, PendingReply{&sink, std::move(done), deadline});
  }
  submit(
      own_sink_,
      [request](storage::WriteTransaction& transaction) {
        transaction.announce(request);
        return Status();
      },
      [this, id = request.id](Status outcome) {
        if (!outcome.ok()) take_reply(storage::MembershipReply{id, store_.region(), reply_text(outcome)});
      });
}

void GroupControl::take_reply(const storage::MembershipReply& reply) {
  std::unique_lock lock(mutex_);
  const auto at = pending_.find(reply.id);
  if (at == pending_.end()) return;
  PendingReply pending = std::move(at->second);
  pending_.erase(at);
  lock.unlock();
  pending.sink->deliver(
      {[done = std::move(pending.done), status = status_of_reply(reply.error)] { done(status); }});
}

void GroupControl::expire_replies() {
  const std::uint64_t now_ns = store_.clock().steady_ns();
  std::vector<PendingReply> late;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = pending_.begin(); at != pending_.end();) {
      if (!stopped_ && at->second.deadline_ns > now_ns) {
        ++at;
        continue;
      }
      late.push_back(std::move(at->second));
      at = pending_.erase(at);
    }
  }
  const Error error(
      ErrorCode::kUnavailable,
      "The region that owns the group of this table did not answer. The change may still be made.");
  for (PendingReply& pending : late) {
    pending.sink->deliver({[done = std::move(pending.done), error] { done(error); }});
  }
}

// --- news of peers ---

void GroupControl::peer_news(const RegionId& peer, std::vector<CatalogNews> news) {
  for (const CatalogNews& item : news) {
    if (item.restart) {
      const std::lock_guard lock(mutex_);
      peers_[peer] = PeerCatalog();
      histories_[peer] = PeerHistory();
    }
    // What a peer's other life asked for, before it was restored, is history; it ends where its log ends now.
    for (const PeerChange& change : item.changes)
      take_change(peer, change, /*history=*/!is_news(peer, change.after));
    const std::lock_guard lock(mutex_);
    if (item.caught_up) {
      peers_[peer].known = true;
      histories_[peer].foreign_epoch = false;
    }
    ++generation_;
  }
}

// True if the peer's membership requests at this position are not answered yet.
bool GroupControl::is_news(const RegionId& peer, const storage::LogCursor& at) {
  const std::lock_guard lock(mutex_);
  PeerHistory& history = histories_[peer];
  if (!history.loaded) {
    history.loaded = true;
    const auto row =
        store_.engine().get(storage::Family::kCatalog, catalog_cursor_row(peer), storage::ReadTier::kAll);
    if (row.ok() && row->has_value()) {
      const auto cursor = storage::decode_log_cursor((*row)->view());
      if (cursor.ok()) history.answered = *cursor;
    }
    history.foreign_epoch = history.answered && history.answered->epoch != at.epoch;
  }
  if (history.foreign_epoch) return false;
  return !history.answered || history.answered->epoch != at.epoch || at.sequence > history.answered->sequence;
}

void GroupControl::take_change(const RegionId& peer, const PeerChange& change, bool history) {
  if (const auto* table = std::get_if<storage::TableChanged>(&change.change)) {
    const std::lock_guard lock(mutex_);
    if (table->schema.deleted_ms) {
      note_dropped(peer, table->schema);
    } else {
      peers_[peer].tables[table->schema.name] = table->schema;
    }
  } else if (const auto* dropped = std::get_if<storage::TableDropped>(&change.change)) {
    const std::lock_guard lock(mutex_);
    note_dropped(peer, dropped->schema);
    const auto at = peers_[peer].tables.find(dropped->schema.name);
    if (at != peers_[peer].tables.end() && at->second.incarnation == dropped->schema.incarnation) {
      peers_[peer].tables.erase(at);
    }
  } else if (const auto* request = std::get_if<storage::MembershipRequest>(&change.change)) {
    if (!history && request->owner == store_.region()) answer(peer, *request, change.after);
  } else if (const auto* reply = std::get_if<storage::MembershipReply>(&change.change)) {
    if (reply->to == store_.region()) take_reply(*reply);
  }
}

// Its log stays readable for a while: what it took last is read before it is forgotten here.
void GroupControl::note_dropped(const RegionId& peer, const TableSchema& table) {
  if (!peers_[peer].dropped.insert(table.incarnation).second) return;
  const storage::TablePointer mine = store_.catalog().snapshot()->find(table.name);
  if (mine == nullptr || !mine->schema.group) return;
  const GroupMember* member = mine->schema.group->find(peer);
  if (member == nullptr || member->incarnation != table.incarnation) return;
  peers_[peer].unread.insert(table.incarnation);
  unread_until_ns_[table.incarnation] = store_.clock().steady_ns() + kLastWritesWaitMs * kNanosecondsPerMs;
}

void GroupControl::peer_exhausted(const RegionId& peer, const std::vector<IncarnationId>& lives) {
  const std::lock_guard lock(mutex_);
  for (const IncarnationId life : lives) {
    if (peers_[peer].unread.erase(life) == 0) continue;
    unread_until_ns_.erase(life);
    ++generation_;
  }
}

// A member that cannot be read any more must not hold up its group.
void GroupControl::expire_unread() {
  const std::lock_guard lock(mutex_);
  const std::uint64_t now_ns = store_.clock().steady_ns();
  for (auto at = unread_until_ns_.begin(); at != unread_until_ns_.end();) {
    const auto [life, until_ns] = *at;
    if (until_ns > now_ns) {
      ++at;
      continue;
    }
    for (auto& [peer, catalog] : peers_) {
      if (catalog.unread.erase(life) != 0) {
        log_warning("the last writes of a table that {} dropped could not be read in time", peer.name());
      }
    }
    at = unread_until_ns_.erase(at);
    ++generation_;
  }
}

void GroupControl::answer(const RegionId& peer, const storage::MembershipRequest& request,
                          const storage::LogCursor& cursor) {
  PeerCatalogs peers;
  {
    const std::lock_guard lock(mutex_);
    peers = peers_;
    histories_[peer].answered = cursor;
  }
  submit(
      own_sink_,
      [peer, request, cursor, peers = std::move(peers)](storage::WriteTransaction& transaction) {
        transaction.put_row(catalog_cursor_row(peer), storage::encode_log_cursor(cursor));
        return answer_request(transaction, peer, request, peers);
      },
      [peer](Status outcome) {
        if (!outcome.ok())
          log_error("a membership request of {} was not answered: {}", peer.name(), outcome.error().message);
      });
}

// --- what is due ---

void GroupControl::reconcile() {
  expire_replies();
  expire_unread();
  const auto catalog = store_.catalog().snapshot();
  std::optional<std::pair<std::string, MembershipAction>> due;
  {
    const std::lock_guard lock(mutex_);
    if (acting_ || stopped_ || store_.clock().steady_ns() < retry_at_ns_) return;
    if (reconciled_generation_ == generation_ && reconciled_catalog_ == catalog) return;
    due = find_action(*catalog);
    if (!due) {
      reconciled_generation_ = generation_;
      reconciled_catalog_ = catalog;
      return;
    }
    acting_ = true;
    if (const auto* refusal = std::get_if<RefuseReplica>(&due->second)) refused_.insert(refusal->incarnation);
  }
  perform(due->first, std::move(due->second));
}

std::optional<std::pair<std::string, MembershipAction>> GroupControl::find_action(
    const storage::CatalogSnapshot& catalog) const {
  std::set<std::string> names;
  for (const auto& [name, id] : catalog.names()) {
    if (catalog.find(id)->schema.group) names.insert(name);
  }
  for (const auto& [peer, theirs] : peers_) {
    for (const auto& [name, table] : theirs.tables) {
      if (table.group) names.insert(name);
    }
  }
  for (const std::string& name : names) {
    auto action = next_action(name, local_table(catalog, store_.region(), name), peers_);
    if (!action) continue;
    const auto* refusal = std::get_if<RefuseReplica>(&*action);
    if (refusal != nullptr && refused_.contains(refusal->incarnation)) continue;
    return std::pair(name, std::move(*action));
  }
  return std::nullopt;
}

void GroupControl::perform(const std::string& name, MembershipAction action) {
  PeerCatalogs peers;
  {
    const std::lock_guard lock(mutex_);
    peers = peers_;
  }
  submit(
      own_sink_,
      [name, action = std::move(action), peers = std::move(peers)](storage::WriteTransaction& transaction) {
        return perform_action(transaction, name, action, peers);
      },
      [this, name](Status outcome) {
        if (!outcome.ok()) log_error("table {}: membership: {}", name, outcome.error().message);
        const std::lock_guard lock(mutex_);
        acting_ = false;
        if (!outcome.ok()) retry_at_ns_ = store_.clock().steady_ns() + limits::kTickMs * kNanosecondsPerMs;
      });
}

// --- what links follow ---

bool GroupControl::knows(const RegionId& peer) const {
  const std::lock_guard lock(mutex_);
  const auto catalog = peers_.find(peer);
  return catalog != peers_.end() && catalog->second.known;
}

std::uint64_t GroupControl::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

std::vector<TableLinkIdentity> GroupControl::tables_of(const RegionId& peer) const {
  const auto catalog = store_.catalog().snapshot();
  const std::lock_guard lock(mutex_);
  std::vector<TableLinkIdentity> tables;
  const auto theirs = peers_.find(peer);
  if (theirs == peers_.end() || !theirs->second.known) return tables;
  for (const auto& [name, id] : catalog->names()) {
    const TableSchema& mine = catalog->find(id)->schema;
    const GroupMember* self = mine.group ? mine.group->find(store_.region()) : nullptr;
    const GroupMember* member = mine.group ? mine.group->find(peer) : nullptr;
    const auto table = theirs->second.tables.find(name);
    if (self == nullptr || member == nullptr || self->incarnation != mine.incarnation) continue;
    const bool lives =
        table != theirs->second.tables.end() && member->incarnation == table->second.incarnation;
    if (!lives && !theirs->second.unread.contains(member->incarnation)) continue;
    TableLinkIdentity identity;
    identity.peer = peer;
    identity.peer_incarnation = member->incarnation;
    identity.table = id;
    identity.name = name;
    identity.key_schema = mine.key_schema;
    identity.first_copy = mine.status == TableStatus::kCreating && self->backfill_source == peer;
    tables.push_back(std::move(identity));
  }
  return tables;
}

void GroupControl::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  expire_replies();
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return outstanding_ == 0; });
}

}  // namespace gyre::global_tables
