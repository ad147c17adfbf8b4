// SPDX-License-Identifier: Apache-2.0
#include "global-tables/group_control.h"

#include <fmt/core.h>

#include "core/base/check.h"
#include "core/base/duration.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/log_limit.h"
#include "core/base/random.h"
#include "core/storage/function_request.h"
#include "core/storage/read_view.h"
#include "global-tables/group_actions.h"
#include "global-tables/progress_rows.h"

namespace gyre::global_tables {
namespace {

GroupView::Answered load_answered(storage::Store& store, const std::vector<RegionId>& peers) {
  GroupView::Answered answered;
  for (const RegionId& peer : peers) {
    std::optional<storage::LogCursor>& cursor = answered[peer];
    const storage::RoomRow key = catalog_cursor_row(peer);
    const auto row = store.reads().row(key, storage::ReadTier::kAll);
    if (!row.ok() || !row->has_value()) continue;
    const Result<storage::LogCursor> stored = storage::decode_log_cursor(**row);
    if (stored.ok()) {
      cursor = *stored;
    } else {
      log_error("{}: {}", key.key(), stored.error().message);
    }
  }
  return answered;
}

// Requests of peers that wait for the writer.
constexpr std::size_t kUnansweredMax = 4096;

}  // namespace

GroupControl::GroupControl(storage::Store& store, const std::vector<RegionId>& peers, bool aws_timings)
    : store_(store), aws_timings_(aws_timings), view_(store.region(), load_answered(store, peers)) {}

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
  const bool owner_known = owner == store_.region() || view_.knows(owner);
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
  ASSIGN_OR_RETURN(ReplicaUpdate update, check_updates(table, store_.region(), updates, view_.peers()));
  const bool removed = aws_timings_ && update.action == ReplicaUpdate::Action::kDelete;
  if (removed && global_tables::sourced_lately(table, store_.region(), update.region, view_.peers(),
                                               store_.clock().now_ms())) {
    return Error::validation(std::string(kSourcedLately));
  }
  return update;
}

bool GroupControl::sourced_lately(const TableSchema& table) const {
  const std::lock_guard lock(mutex_);
  return global_tables::sourced_lately(table, store_.region(), store_.region(), view_.peers(),
                                       store_.clock().now_ms());
}

std::map<RegionId, std::string> GroupControl::replica_notes(const TableSchema& table) const {
  const std::lock_guard lock(mutex_);
  Backlogs all;
  for (const auto& [peer, backlogs] : backlogs_) all.insert(backlogs.begin(), backlogs.end());
  return global_tables::replica_notes(table, store_.region(), view_.peers(), all);
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
  MembershipRequest request;
  request.id = entropy();
  request.table_name = table_name;
  request.owner = owner;
  request.region = update.region;
  request.action = update.action == ReplicaUpdate::Action::kCreate ? MembershipRequest::Action::kAdd
                                                                   : MembershipRequest::Action::kRemove;
  {
    const std::lock_guard lock(mutex_);
    const std::uint64_t deadline =
        store_.clock().steady_ns() + limits::kMembershipReplyTimeoutMs * kNanosecondsPerMs;
    pending_.emplace(request.id, PendingReply{&sink, std::move(done), deadline});
  }
  submit(
      own_sink_,
      [request](storage::WriteTransaction& transaction) {
        transaction.catalog().announce(encode_membership_message(request));
        return Status();
      },
      [this, id = request.id](Status outcome) {
        if (!outcome.ok()) take_reply(MembershipReply{id, store_.region(), reply_text(outcome)});
      });
}

void GroupControl::take_reply(const MembershipReply& reply) {
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
  const auto catalog = store_.catalog().snapshot();
  std::vector<GroupView::Event> events;
  {
    const std::lock_guard lock(mutex_);
    events = view_.take(peer, std::move(news), *catalog);
  }
  for (GroupView::Event& event : events) {
    std::visit([this](auto& one) { act(one); }, event);
  }
}

void GroupControl::peer_exhausted(const RegionId& peer, const std::vector<IncarnationId>& lives) {
  const std::lock_guard lock(mutex_);
  view_.exhausted(peer, lives);
}

void GroupControl::peer_backlogs(const RegionId& peer, Backlogs backlogs) {
  const std::lock_guard lock(mutex_);
  backlogs_[peer] = std::move(backlogs);
}

void GroupControl::act(GroupView::AnswerRequest& event) {
  {
    const std::lock_guard lock(mutex_);
    if (unanswered_.size() >= kUnansweredMax) {
      static LogLimit lines;  // a peer decides how many
      log_warning(lines, "a membership request of {} is dropped: too many wait", event.peer.name());
      return;
    }
    unanswered_.push_back(std::move(event));
  }
  answer_next();
}

// One after another, and each until it went through: the stored cursor says that all before it are answered.
void GroupControl::answer_next() {
  GroupView::AnswerRequest event;
  PeerCatalogs peers;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || answering_ || unanswered_.empty() || store_.clock().steady_ns() < answer_at_ns_) return;
    answering_ = true;
    event = unanswered_.front();
    peers = view_.peers_of(event.request.table_name, *store_.catalog().snapshot());
  }
  submit(
      own_sink_,
      [event, peers = std::move(peers)](storage::WriteTransaction& transaction) {
        transaction.rows().put(catalog_cursor_row(event.peer), storage::encode_log_cursor(event.cursor));
        return answer_request(transaction, event.peer, event.request, peers);
      },
      [this, peer = event.peer](Status outcome) {
        const std::lock_guard lock(mutex_);
        answering_ = false;
        if (outcome.ok()) return unanswered_.pop_front();
        answer_at_ns_ = store_.clock().steady_ns() + limits::kTickMs * kNanosecondsPerMs;
        static LogLimit lines;
        log_warning(lines, "a membership request of {} is not answered yet: {}", peer.name(),
                    outcome.error().message);
      });
}

// --- what is due ---

void GroupControl::reconcile() {
  expire_replies();
  answer_next();
  const auto catalog = store_.catalog().snapshot();
  std::optional<std::pair<std::string, MembershipAction>> due;
  std::vector<storage::TablePointer> dropped;
  {
    const std::lock_guard lock(mutex_);
    dropped = find_dropped(catalog);
    due = find_due(catalog);
  }
  for (const storage::TablePointer& table : dropped) erase_progress_of(table);
  if (due) perform(due->first, std::move(due->second));
}

// The next action, if its time has come; it counts as begun.
std::optional<std::pair<std::string, MembershipAction>> GroupControl::find_due(
    const std::shared_ptr<const storage::CatalogSnapshot>& catalog) {
  if (acting_ || stopped_ || store_.clock().steady_ns() < retry_at_ns_) return std::nullopt;
  if (reconciled_generation_ == view_.generation() && reconciled_catalog_ == catalog) return std::nullopt;
  auto due = view_.next_action(*catalog);
  if (!due) {
    reconciled_generation_ = view_.generation();
    reconciled_catalog_ = catalog;
    return std::nullopt;
  }
  acting_ = true;
  if (const auto* refusal = std::get_if<RefuseReplica>(&due->second)) {
    view_.refused(refusal->incarnation, refusal->owner);
  }
  return due;
}

void GroupControl::perform(const std::string& name, MembershipAction action) {
  const auto* refusal = std::get_if<RefuseReplica>(&action);
  const IncarnationId refused = refusal != nullptr ? refusal->incarnation : IncarnationId();
  PeerCatalogs peers;
  {
    const auto catalog = store_.catalog().snapshot();
    const std::lock_guard lock(mutex_);
    peers = view_.peers_of(name, *catalog);
  }
  submit(
      own_sink_,
      [name, action = std::move(action), peers = std::move(peers)](storage::WriteTransaction& transaction) {
        return perform_action(transaction, name, action, peers);
      },
      [this, name, refused](Status outcome) {
        if (!outcome.ok()) log_error("table {}: membership: {}", name, outcome.error().message);
        const std::lock_guard lock(mutex_);
        acting_ = false;
        if (outcome.ok()) return;
        view_.not_refused(name, refused);
        retry_at_ns_ = store_.clock().steady_ns() + limits::kTickMs * kNanosecondsPerMs;
      });
}

// DeleteTable knows nothing of the rows that the links of a table keep. The catalog keeps a dropped table for
// a while, so none is missed, and after a restart each is looked at once more.
std::vector<storage::TablePointer> GroupControl::find_dropped(
    const std::shared_ptr<const storage::CatalogSnapshot>& catalog) {
  if (stopped_ || erased_catalog_ == catalog || store_.clock().steady_ns() < retry_at_ns_) return {};
  erased_catalog_ = catalog;
  std::erase_if(erased_, [&](TableId id) { return catalog->find(id) == nullptr; });
  std::vector<storage::TablePointer> dropped;
  for (const auto& [id, table] : catalog->tables()) {
    const bool of_a_group = table->schema.deleted_ms && table->schema.group;
    if (of_a_group && erased_.insert(id).second) dropped.push_back(table);
  }
  return dropped;
}

void GroupControl::erase_progress_of(const storage::TablePointer& dropped) {
  submit(
      own_sink_,
      [dropped](storage::WriteTransaction& transaction) {
        return erase_progress_of_all(transaction, dropped->schema);
      },
      [this, id = dropped->schema.id](Status outcome) {
        if (outcome.ok()) return;
        const std::lock_guard lock(mutex_);
        erased_.erase(id);
        erased_catalog_.reset();
        retry_at_ns_ = store_.clock().steady_ns() + limits::kTickMs * kNanosecondsPerMs;
      });
}

// --- what links follow ---

bool GroupControl::knows(const RegionId& peer) const {
  const std::lock_guard lock(mutex_);
  return view_.knows(peer);
}

std::uint64_t GroupControl::generation() const {
  const std::lock_guard lock(mutex_);
  return view_.generation();
}

std::vector<TableLinkIdentity> GroupControl::tables_of(const RegionId& peer) const {
  const auto catalog = store_.catalog().snapshot();
  const std::lock_guard lock(mutex_);
  return view_.tables_of(peer, *catalog);
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
