// SPDX-License-Identifier: Apache-2.0
#include "global-tables/table_link.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/base/log_limit.h"

namespace gyre::global_tables {
namespace {

constexpr std::uint64_t kRetryMs = limits::kTickMs;

bool passing(ErrorCode code) {
  return code == ErrorCode::kThrottled || code == ErrorCode::kUnavailable;
}

bool cursor_is_gone(streams::RefusedReason reason) {
  using Reason = streams::RefusedReason;
  return reason == Reason::kTrimmed || reason == Reason::kWrongEpoch || reason == Reason::kAheadOfHead ||
         reason == Reason::kRecordDiffers || reason == Reason::kNoSuchShard;
}

}  // namespace

TableLink::TableLink(TableLinkIdentity identity, std::optional<TableProgress> progress, SessionKey& keys)
    : identity_(std::move(identity)), stored_(std::move(progress)), keys_(keys) {}

void TableLink::start() {
  if (stored_) progress_.attempt = stored_->attempt;
  const bool fresh = !stored_ || stored_->peer_incarnation != identity_.peer_incarnation;
  // A copy that was begun from another member, which then left, is begun anew from this one.
  const bool other_source = identity_.first_copy && stored_ && stored_->copied;
  if (fresh || other_source) {
    reset(identity_.first_copy);
  } else {
    progress_ = *stored_;
    list_shards();
  }
}

// --- sessions ---

TableLink::Session& TableLink::add_session(SessionKey key, Kind kind) {
  Session& session = sessions_[key];
  session.kind = kind;
  return session;
}

void TableLink::drop_session(SessionKey key) {
  const auto at = sessions_.find(key);
  if (at == sessions_.end()) return;
  if (at->second.kind != Kind::kReset) commands_.push_back(CloseSession{key});
  if (at->second.committing) abandoned_.emplace(key, std::move(at->second.committing_step));
  sessions_.erase(at);
}

void TableLink::drop_sessions() {
  while (!sessions_.empty()) drop_session(sessions_.begin()->first);
}

void TableLink::close() {
  drop_sessions();
  resync_at_ms_.reset();
  relist_at_ms_.reset();
  closed_ = true;
}

bool TableLink::exhausted() const {
  return !closed_ && sessions_.empty() && abandoned_.empty() && !resync_at_ms_ && !relist_at_ms_;
}

bool TableLink::settled() const {
  return abandoned_.empty() && std::none_of(sessions_.begin(), sessions_.end(),
                                            [](const auto& entry) { return entry.second.committing; });
}

bool TableLink::reads(ShardId shard) const {
  return std::any_of(sessions_.begin(), sessions_.end(), [&](const auto& entry) {
    return entry.second.kind == Kind::kShard && entry.second.shard == shard;
  });
}

bool TableLink::done(ShardId shard) const {
  const auto at = progress_.shards.find(shard);
  return at != progress_.shards.end() && at->second.done_ms.has_value();
}

void TableLink::reset(bool copy) {
  const SessionKey key = ++keys_;
  ProgressStep step;
  step.kind = ProgressStep::Kind::kReset;
  step.peer_incarnation = identity_.peer_incarnation;
  step.copy = copy;
  step.pinned = peer_watermark_;
  commit(key, add_session(key, Kind::kReset), {}, std::move(step));
}

void TableLink::list_shards() {
  const SessionKey key = ++keys_;
  add_session(key, Kind::kList);
  OpenSession open;
  open.key = key;
  open.options.table_shards = identity_.name;
  commands_.push_back(std::move(open));
}

void TableLink::open_scan() {
  const SessionKey key = ++keys_;
  add_session(key, Kind::kScan);
  OpenSession open;
  open.key = key;
  open.options.table_scan = streams::SessionOptions::TableScan{identity_.name, progress_.scan_position};
  open.options.credit_records = limits::kReplicationCreditRecords;
  open.options.credit_bytes = limits::kReplicationCreditBytes;
  commands_.push_back(std::move(open));
}

// A shard without a stored cursor is read from its oldest record. That may repeat up to one retention of
// writes that a copy brings as well; in exchange there is no moment between copy and log in which a write
// could slip through.
void TableLink::open_shard(ShardId shard) {
  if (reads(shard) || done(shard)) return;
  const SessionKey key = ++keys_;
  add_session(key, Kind::kShard).shard = shard;
  OpenSession open;
  open.key = key;
  open.options.shard = progress_.shards[shard].cursor;
  open.options.shard->shard = shard;
  open.options.local_origin_only = true;
  open.options.credit_records = limits::kReplicationCreditRecords;
  open.options.credit_bytes = limits::kReplicationCreditBytes;
  commands_.push_back(std::move(open));
}

// --- inputs ---

void TableLink::opened(SessionKey key, const streams::Opened& opened, std::uint64_t) {
  const auto at = sessions_.find(key);
  if (at == sessions_.end() || at->second.kind != Kind::kList) return;
  drop_session(key);
  message_.clear();
  const auto waits_for_parent = [&](const streams::ShardInfo& info) {
    if (!info.parent || done(*info.parent)) return false;
    return std::any_of(opened.shards.begin(), opened.shards.end(),
                       [&](const streams::ShardInfo& other) { return other.shard == *info.parent; });
  };
  for (const streams::ShardInfo& info : opened.shards) {
    if (!waits_for_parent(info)) open_shard(info.shard);
  }
  if (!progress_.copied) open_scan();
}

void TableLink::batch(SessionKey key, streams::RecordBatch batch, std::uint64_t now_ms) {
  const auto at = sessions_.find(key);
  if (at == sessions_.end()) return;
  Session& session = at->second;
  session.head = batch.head_ordinal;
  session.scanned_through = batch.scanned_through.ordinal;
  session.peer_watermark = batch.watermark;
  session.waiting.push_back(std::move(batch));
  pump(key, session, now_ms);
}

void TableLink::shard_end(SessionKey key, const std::vector<ShardId>& children, std::uint64_t now_ms) {
  const auto at = sessions_.find(key);
  if (at == sessions_.end()) return;
  at->second.children = children;
  pump(key, at->second, now_ms);
}

void TableLink::refused(SessionKey key, streams::RefusedReason reason, const std::string& message,
                        std::uint64_t now_ms) {
  const auto at = sessions_.find(key);
  if (at == sessions_.end()) return;
  const Kind kind = at->second.kind;
  if (kind == Kind::kShard && cursor_is_gone(reason)) return resync(message, now_ms);
  if (reason == streams::RefusedReason::kNoSuchTable || reason == streams::RefusedReason::kBusy) {
    message_ = message;
    drop_sessions();  // the peer's table may come yet: ask for its shards again
    relist_at_ms_ = now_ms + kRetryMs;
    return;
  }
  stop(at->second, SessionState::kStopped, message);
}

void TableLink::heard(SessionKey key, HybridTime watermark, Ordinal scanned_through, Ordinal head) {
  const auto at = sessions_.find(key);
  if (at == sessions_.end()) return;
  Session& session = at->second;
  session.head = head;
  session.scanned_through = scanned_through;
  session.peer_watermark = watermark;
  note_watermark(session);
}

void TableLink::note_watermark(Session& session) {
  const bool all_applied =
      session.waiting.empty() && !session.committing && session.scanned_through >= session.head;
  if (all_applied) session.watermark = std::max(session.watermark, session.peer_watermark);
}

void TableLink::tick(std::uint64_t now_ms) {
  // What is stored must stand still before anything starts from it.
  if (abandoned_.empty() && resync_at_ms_ && now_ms >= *resync_at_ms_) {
    resync_at_ms_.reset();
    relist_at_ms_.reset();
    reset(/*copy=*/true);
  }
  if (abandoned_.empty() && relist_at_ms_ && now_ms >= *relist_at_ms_) {
    relist_at_ms_.reset();
    list_shards();
  }
  for (auto& [key, session] : sessions_) {
    if (session.state == SessionState::kStopped || session.committing) continue;
    if (session.kind == Kind::kReset) {
      commit(key, session, {}, session.committing_step);  // it was throttled
    } else {
      pump(key, session, now_ms);
    }
  }
}

void TableLink::resync(const std::string& message, std::uint64_t now_ms) {
  log_warning("table {} from {}: RESYNC: {}", identity_.name, identity_.peer.name(), message);
  message_ = message;
  drop_sessions();
  resync_at_ms_ = now_ms + kRetryMs;
}

void TableLink::stop(Session& session, SessionState state, std::string message) {
  if (session.state != state) {
    static LogLimit lines;  // a peer decides how often a session is held
    log_warning(lines, "table {} from {}: shard {} {}: {}", identity_.name, identity_.peer.name(),
                session.shard.value(), state == SessionState::kHeld ? "held" : "stopped", message);
  }
  session.state = state;
  session.message = std::move(message);
}

// --- applying ---

void TableLink::pump(SessionKey key, Session& session, std::uint64_t now_ms) {
  if (session.committing || session.state == SessionState::kStopped) return;
  if (pump_idle(key, session, now_ms)) return;
  const streams::RecordBatch& batch = session.waiting.front();
  Applicable front = take_applicable(session, batch, now_ms);
  if (front.count == 0 && !batch.records.empty()) return;  // held or stopped at the very next record
  if (front.count == batch.records.size()) {
    session.state = SessionState::kReading;
    session.message.clear();
  }
  ProgressStep step = step_of(session, batch, front);
  session.idle_cursor.reset();
  commit(key, session, std::move(front), std::move(step));
}

// Deals with what has no records; true if there is nothing else to do now.
bool TableLink::pump_idle(SessionKey key, Session& session, std::uint64_t now_ms) {
  while (session.kind == Kind::kShard && !session.waiting.empty() &&
         session.waiting.front().records.empty()) {
    if (!session.idle_cursor) session.idle_since_ms = now_ms;
    session.idle_cursor = session.waiting.front().scanned_through;
    session.waiting.pop_front();
  }
  if (!session.waiting.empty()) return false;
  if (session.children) {
    ProgressStep step;
    step.kind = ProgressStep::Kind::kShardDone;
    step.shard = session.shard;
    commit(key, session, {}, std::move(step));
  } else if (session.idle_cursor && now_ms >= session.idle_since_ms + limits::kIdleCursorMs) {
    ProgressStep step;
    step.kind = ProgressStep::Kind::kShard;
    step.shard = session.shard;
    step.from = progress_.shards[session.shard].cursor;
    step.to = *session.idle_cursor;
    session.idle_cursor.reset();
    if (step.to != step.from) commit(key, session, {}, std::move(step));
  }
  return true;
}

// Takes records until one cannot be applied now. If that is the very first, the session says why.
TableLink::Applicable TableLink::take_applicable(Session& session, const streams::RecordBatch& batch,
                                                 std::uint64_t now_ms) {
  const RecordSource source = session.kind == Kind::kScan ? RecordSource::kScan : RecordSource::kLog;
  Applicable front;
  for (const std::string_view bytes : batch.records) {
    Result<IncomingRecord> record = decode_incoming(bytes, identity_.key_schema, identity_.peer, source);
    if (record.ok() && source == RecordSource::kLog && record->after.shard != session.shard) {
      record = Error::corruption("a record of another shard came");
    }
    if (!record.ok()) {
      if (front.count == 0) stop(session, SessionState::kStopped, record.error().message);
      break;
    }
    const std::uint64_t stamp_ms = hybrid_to_ms(record->write.version.clock);
    if (stamp_ms > now_ms + limits::kClockSkewMaxMs) {
      if (front.count == 0) {
        stop(session, SessionState::kHeld,
             fmt::format("the next write bears a time {} ms ahead", stamp_ms - now_ms));
      }
      break;
    }
    ++front.count;
    front.after = record->after;
    front.after.epoch = batch.scanned_through.epoch;
    const bool covered = source == RecordSource::kLog && record->commit_time < progress_.pinned;
    if (!covered) front.records.push_back(std::move(record).value());
  }
  return front;
}

ProgressStep TableLink::step_of(const Session& session, const streams::RecordBatch& batch,
                                const Applicable& front) const {
  const bool whole = front.count == batch.records.size();
  ProgressStep step;
  if (session.kind == Kind::kScan) {
    if (!whole) return step;
    step.kind = ProgressStep::Kind::kScan;
    step.scan_position = batch.scan_position;
    step.scan_end = batch.scan_end;
    return step;
  }
  step.kind = ProgressStep::Kind::kShard;
  step.shard = session.shard;
  step.from = progress_.shards.at(session.shard).cursor;
  step.to = whole ? batch.scanned_through : front.after;
  return step;
}

void TableLink::commit(SessionKey key, Session& session, Applicable front, ProgressStep step) {
  CHECK(!session.committing);
  session.committing = true;
  session.committing_records = front.count;
  step.attempt = progress_.attempt + (step.kind == ProgressStep::Kind::kReset ? 1 : 0);
  session.committing_step = step;
  CommitWork command;
  command.key = key;
  command.work.peer = identity_.peer;
  command.work.table = identity_.table;
  command.work.records = std::move(front.records);
  command.work.first_copy = session.kind == Kind::kScan;
  command.work.activate = identity_.first_copy && step.kind == ProgressStep::Kind::kScan && step.scan_end;
  command.work.step = std::move(step);
  commands_.push_back(std::move(command));
}

void TableLink::committed(SessionKey key, const Status& status, std::uint64_t now_ms) {
  if (const auto abandoned = abandoned_.find(key); abandoned != abandoned_.end()) {
    if (status.ok()) CHECK(advance(progress_, abandoned->second, now_ms).ok());
    abandoned_.erase(abandoned);
    return;
  }
  const auto at = sessions_.find(key);
  if (at == sessions_.end()) return;
  Session& session = at->second;
  CHECK(session.committing);
  session.committing = false;
  if (!status.ok()) {
    // Passing trouble: the batch still waits, and the next tick tries it again.
    if (passing(status.error().code)) return;
    if (status.error().code == ErrorCode::kResourceNotFound)
      return drop_sessions();  // this link is about to go
    return stop(session, SessionState::kStopped, status.error().message);
  }
  const Status advanced = advance(progress_, session.committing_step, now_ms);
  CHECK(advanced.ok());
  after_commit(key, session, now_ms);
}

void TableLink::after_commit(SessionKey key, Session& session, std::uint64_t now_ms) {
  const ProgressStep::Kind kind = session.committing_step.kind;
  if (kind == ProgressStep::Kind::kReset) {
    drop_session(key);
    return list_shards();
  }
  if (kind == ProgressStep::Kind::kShardDone) {
    const std::vector<ShardId> children = *session.children;
    drop_session(key);
    for (const ShardId child : children) open_shard(child);
    return;
  }
  give_credit(key, session);
  if (kind == ProgressStep::Kind::kScan && session.committing_step.scan_end) return drop_session(key);
  note_watermark(session);
  pump(key, session, now_ms);
}

void TableLink::give_credit(SessionKey key, Session& session) {
  const std::size_t count = session.committing_records;
  if (session.waiting.empty() || (count == 0 && session.kind != Kind::kScan))
    return;  // only a cursor was stored
  storage::RecordList& records = session.waiting.front().records;
  const std::size_t bytes = records.bytes();
  records.erase_first(count);
  const GiveCredit credit{key, count, bytes - records.bytes()};
  if (records.empty()) session.waiting.pop_front();
  if (count > 0) commands_.push_back(credit);
}

// --- what people see ---

TableLinkReport TableLink::report() const {
  TableLinkReport report;
  report.table_name = identity_.name;
  report.state = resync_at_ms_ ? "RESYNC" : progress_.copied ? "FOLLOWING" : "COPYING";
  for (const auto& [key, session] : sessions_) {
    SessionReport line;
    line.shard = session.shard;
    line.state = session.state;
    line.message = session.message.empty() ? message_ : session.message;
    line.watermark = session.watermark;
    line.kind = session.kind == Kind::kShard ? "shard" : session.kind == Kind::kScan ? "scan" : "shards";
    if (session.kind == Kind::kShard) {
      const auto stored = progress_.shards.find(session.shard);
      Ordinal through = stored == progress_.shards.end() ? Ordinal() : stored->second.cursor.ordinal;
      if (session.idle_cursor) through = std::max(through, session.idle_cursor->ordinal);
      line.lag_records = session.head > through ? session.head.value() - through.value() : 0;
    }
    report.sessions.push_back(std::move(line));
  }
  if (report.sessions.empty() && !message_.empty()) {
    SessionReport line;
    line.kind = "shards";
    line.message = message_;
    report.sessions.push_back(std::move(line));
  }
  return report;
}

}  // namespace gyre::global_tables
