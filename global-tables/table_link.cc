// SPDX-License-Identifier: Apache-2.0
#include "global-tables/table_link.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/base/log_limit.h"

namespace gyre::global_tables {
namespace {

constexpr std::uint64_t kRetryMs = limits::kTickMs;
// Before a link asks a writer that had no room again.
constexpr std::uint64_t kThrottledPauseMs = 100;

// A shard without a stored cursor is read from its oldest record. That may repeat up to one retention of
// writes that a copy brings as well; in exchange there is no moment between copy and log in which a write
// could slip through.
streams::TableReader::Options reader_options(const std::string& table, bool ended) {
  streams::TableReader::Options options;
  options.table = table;
  options.unlisted = ended;
  options.one_life = true;  // another life of the name has another incarnation, and another link
  options.session.local_origin_only = true;
  options.session.credit_records = limits::kReplicationCreditRecords;
  options.session.credit_bytes = limits::kReplicationCreditBytes;
  return options;
}

streams::TableReader::Position position_of(const TableProgress& progress) {
  streams::TableReader::Position position;
  for (const auto& [id, shard] : progress.shards) position[id] = {shard.cursor, shard.done_ms.has_value()};
  return position;
}

}  // namespace

TableLink::TableLink(TableLinkIdentity identity, std::optional<TableProgress> progress, SessionKey& keys)
    : identity_(std::move(identity)), stored_(std::move(progress)), keys_(keys), ended_(identity_.ended) {}

void TableLink::start(std::uint64_t now_ms) {
  if (ended_) {
    if (stored_) progress_ = *stored_;
    return read_rest(now_ms);
  }
  if (stored_) progress_.attempt = stored_->attempt;
  if (stored_ && stored_->peer_incarnation == IncarnationId()) {
    return reset(/*copy=*/true, "what is stored of its progress cannot be read");
  }
  const bool fresh = !stored_ || stored_->peer_incarnation != identity_.peer_incarnation;
  // A copy that was begun from another member, which then left, is begun anew from this one.
  const bool other_source = identity_.first_copy && stored_ && stored_->copied;
  if (fresh || other_source) return reset(identity_.first_copy);
  progress_ = *stored_;
  read(now_ms);
}

// --- what the link is at ---

void TableLink::reset(bool copy, std::optional<std::string> resync) {
  CHECK(commits_.empty());
  Resetting resetting;
  resetting.resync = std::move(resync);
  resetting.step.kind = ProgressStep::Kind::kReset;
  resetting.step.peer_incarnation = identity_.peer_incarnation;
  resetting.step.copy = copy;
  resetting.commit = commit(OfReset(), resetting.step, {});
  state_.emplace<Resetting>(std::move(resetting));
}

void TableLink::read(std::uint64_t now_ms) {
  state_.emplace<Reading>(reader_options(identity_.name, ended_), keys_, position_of(progress_))
      .reader.tick(now_ms);
  follow(now_ms);
}

void TableLink::stop_reading() {
  auto* reading = std::get_if<Reading>(&state_);
  if (reading == nullptr) return;
  reading->reader.close();
  while (std::optional<Reader::Event> event = reading->reader.next_event()) {
    if (auto* open = std::get_if<streams::OpenSession>(&*event)) commands_.emplace_back(std::move(*open));
    if (auto* close = std::get_if<streams::CloseSession>(&*event)) commands_.emplace_back(*close);
  }
  if (reading->copying && reading->copying->session != 0) {
    commands_.emplace_back(streams::CloseSession{reading->copying->session});
  }
}

void TableLink::close() {
  stop_reading();
  state_.emplace<Closed>();
}

void TableLink::end(const std::string& message) {
  stop_reading();
  state_.emplace<Over>(Over{message});
}

// Of a life that ended, what was not applied is lost, or some of it.
void TableLink::lose_rest(const std::string& message) {
  CHECK(ended_);
  // Once in the life of a table that both had: never left out.
  log_warning("table {} from {}: the end of a table that was dropped is lost: {}", identity_.name,
              identity_.peer.name(), message);
  end(message);
}

// Of a life that ended, from where this region stopped.
void TableLink::read_rest(std::uint64_t now_ms) {
  // A table has a shard at least: without any nobody has seen its list.
  const bool known = progress_.copied && progress_.peer_incarnation == identity_.peer_incarnation &&
                     !progress_.shards.empty();
  if (!known) return lose_rest("the peer has dropped the table, and its shards are not known");
  CHECK(commits_.empty());
  stop_reading();
  read(now_ms);
}

void TableLink::life_ended(std::uint64_t now_ms) {
  if (std::exchange(ended_, true) || std::holds_alternative<Over>(state_) || closed()) return;
  const auto* reading = std::get_if<Reading>(&state_);
  if (reading != nullptr && reading->reader.found() && !reading->copying) return;
  // What is stored must stand still before anything starts from it; and of a copy nothing does.
  if (reading == nullptr && !commits_.empty()) return;
  read_rest(now_ms);
}

void TableLink::resync(const std::string& message, std::uint64_t now_ms) {
  if (ended_) return lose_rest(message);
  static LogLimit lines;  // a peer decides how often something is lost
  log_warning(lines, "table {} from {}: RESYNC: {}", identity_.name, identity_.peer.name(), message);
  stop_reading();
  state_.emplace<Resync>(Resync{{now_ms, kRetryMs}, message});
}

bool TableLink::exhausted() const {
  if (!commits_.empty()) return false;
  if (ended_ && std::holds_alternative<Over>(state_)) return true;
  const auto* reading = std::get_if<Reading>(&state_);
  return reading != nullptr && reading->reader.exhausted() && !reading->copying && !reading->listing;
}

void TableLink::tick(std::uint64_t now_ms) {
  if (const auto* due = std::get_if<Resync>(&state_)) {
    // What is stored must stand still before anything starts from it.
    if (!commits_.empty()) return;
    if (ended_) return read_rest(now_ms);
    if (due->pause.is_over(now_ms)) reset(/*copy=*/true, std::string(due->message));
    return;
  }
  if (auto* resetting = std::get_if<Resetting>(&state_)) {
    if (resetting->commit == 0 && resetting->message.empty() && throttled_.is_over(now_ms)) {
      resetting->commit = commit(OfReset(), resetting->step, {});
    }
    return;
  }
  auto* reading = std::get_if<Reading>(&state_);
  if (reading == nullptr) return;
  if (reading->listing && reading->listing_commit == 0 && throttled_.is_over(now_ms)) {
    reading->listing_commit = commit(OfListing(), *reading->listing, {});
  }
  reading->reader.tick(now_ms);
  pump_all(now_ms);
  follow(now_ms);
}

bool TableLink::yield(SessionKey key, std::uint64_t now_ms) {
  auto* reading = std::get_if<Reading>(&state_);
  if (reading == nullptr) return false;
  const std::optional<ShardId> shard = reading->reader.shard_of(key);
  const auto found = shard ? reading->following.find(*shard) : reading->following.end();
  if (found == reading->following.end()) return false;  // a listing, or a copy: they end by themselves
  Following& following = found->second;
  SessionIntake& intake = following.intake;
  if (intake.commit() != 0 || following.children || following.interrupted) return false;
  if (intake.state() == SessionState::kStopped) {
    following.interrupted = true;  // what comes of it needs no session
    reading->reader.interrupt(*shard);
    follow(now_ms);
    return true;
  }
  const bool idle = following.heard && intake.empty() && following.scanned_through >= following.head;
  if (!idle) return false;
  following.heard = false;
  intake.hold_up(SessionState::kReading,
                 "it waits for its turn: the peer has more shards than it lets one region read");
  reading->reader.interrupt(*shard);
  reading->reader.resume(*shard, following.idle_cursor.value_or(progress_.shards[*shard].cursor), now_ms);
  follow(now_ms);
  return true;
}

// --- inputs ---

void TableLink::take(SessionKey key, streams::SessionMessage message, std::uint64_t now_ms) {
  auto* reading = std::get_if<Reading>(&state_);
  if (reading == nullptr) return;
  if (reading->copying && key == reading->copying->session) return take_copy(std::move(message), now_ms);
  reading->reader.take(key, std::move(message), now_ms);
  follow(now_ms);
}

// Deals with the reader's events. What stands behind a listing waits until its shards are remembered: from
// then on none of them can come and go unnoticed.
void TableLink::follow(std::uint64_t now_ms) {
  for (;;) {
    auto* reading = std::get_if<Reading>(&state_);
    if (reading == nullptr || reading->listing) return;
    std::optional<Reader::Event> event = reading->reader.next_event();
    if (!event) return;
    std::visit([&](auto& one) { act(one, now_ms); }, *event);  // which may end this reading
  }
}

void TableLink::act(Reader::Found& found, std::uint64_t) {
  auto& reading = std::get<Reading>(state_);
  reading.message.clear();
  ProgressStep step;
  step.kind = ProgressStep::Kind::kListed;
  for (const streams::ShardInfo& info : found.table.shards) {
    if (!progress_.shards.contains(info.shard)) step.shards.push_back(info.shard);
  }
  if (!progress_.copied) {
    // The scan is opened later than this was answered.
    const SequenceNumber newest = found.table.position.sequence;
    if (progress_.scan_position.empty() && newest != SequenceNumber())
      step.pinned = {found.table.epoch, newest};
    reading.copying.emplace();
  }
  if (!step.shards.empty() || step.pinned) {
    reading.listing_commit = commit(OfListing(), step, {});
    reading.listing = std::move(step);
  } else if (reading.copying) {
    open_copy(*reading.copying);
  }
}

void TableLink::act(Reader::Missing& missing, std::uint64_t) {
  std::get<Reading>(state_).message = missing.message;
}

void TableLink::act(Reader::Started& started, std::uint64_t) {
  std::get<Reading>(state_).following[started.shard];
}

void TableLink::act(Reader::ShardBatch& batch, std::uint64_t now_ms) {
  Following& following = std::get<Reading>(state_).following.at(batch.shard);
  // It may have been read before a tick was sent that it comes behind.
  following.head = std::max(following.head, batch.batch.head_ordinal);
  following.scanned_through = batch.batch.scanned_through.ordinal;
  following.intake.add(std::move(batch.batch));
  pump(batch.shard, following, now_ms);
}

void TableLink::act(Reader::ShardHeard& heard, std::uint64_t) {
  Following& following = std::get<Reading>(state_).following.at(heard.shard);
  following.head = heard.heard.head;
  following.scanned_through = heard.heard.scanned_through;
  following.heard = true;
  hear_watermark(following, heard.heard.watermark);
  note_watermark(following);
}

void TableLink::act(Reader::ShardOpened& opened, std::uint64_t) {
  Following& following = std::get<Reading>(state_).following.at(opened.shard);
  following.heard = false;
  following.peer_watermark = 0;
  if (following.intake.state() == SessionState::kReading) following.intake.go_on();
}

void TableLink::act(Reader::Interrupted& interrupted, std::uint64_t now_ms) {
  Following& following = std::get<Reading>(state_).following.at(interrupted.shard);
  following.interrupted = true;
  if (following.intake.state() != SessionState::kStopped) {
    hold_up(following.intake, interrupted.shard, SessionState::kReading, interrupted.message);
  }
  pump(interrupted.shard, following, now_ms);
}

void TableLink::act(Reader::Ended& ended, std::uint64_t now_ms) {
  Following& following = std::get<Reading>(state_).following.at(ended.shard);
  following.children = std::move(ended.children);
  pump(ended.shard, following, now_ms);
}

void TableLink::act(Reader::Lost& lost, std::uint64_t now_ms) {
  resync(lost.message, now_ms);
}

void TableLink::act(Reader::Stuck& stuck, std::uint64_t) {
  hold_up(std::get<Reading>(state_).following.at(stuck.shard).intake, stuck.shard, SessionState::kStopped,
          stuck.message);
}

// Ticks alone tell it: in one life of the peer that of the ticks only grows. Behind one that shrinks there
// may be writes that are older than what was told before.
void TableLink::hear_watermark(Following& following, HybridTime watermark) {
  if (watermark < std::max(following.peer_watermark, following.watermark)) following.watermark = 0;
  following.peer_watermark = watermark;
}

void TableLink::note_watermark(Following& following) {
  const bool all_applied = following.intake.empty() && following.intake.commit() == 0 &&
                           following.scanned_through >= following.head;
  if (all_applied && following.peer_watermark != 0) following.watermark = following.peer_watermark;
}

// --- the copy ---

void TableLink::open_copy(Copying& copying) {
  CHECK(copying.session == 0);
  copying.session = ++keys_;
  streams::OpenSession open;
  open.key = copying.session;
  open.options.table_scan = streams::SessionOptions::TableScan{identity_.name, progress_.scan_position};
  open.options.credit_records = limits::kReplicationCreditRecords;
  open.options.credit_bytes = limits::kReplicationCreditBytes;
  commands_.emplace_back(std::move(open));
}

void TableLink::take_copy(streams::SessionMessage message, std::uint64_t now_ms) {
  Copying& copying = *std::get<Reading>(state_).copying;
  if (auto* batch = std::get_if<streams::RecordBatch>(&message)) {
    copying.intake.add(std::move(*batch));
    return pump(copying, now_ms);
  }
  const bool opened = std::holds_alternative<streams::Opened>(message);
  if (opened && copying.intake.state() == SessionState::kReading) copying.intake.go_on();
  const auto* refusal = std::get_if<streams::Refusal>(&message);
  if (refusal == nullptr) return;
  if (ended_) return lose_rest(refusal->message);
  commands_.emplace_back(streams::CloseSession{std::exchange(copying.session, 0)});
  copying.pause = {now_ms, kRetryMs};
  // The table may come yet. Whatever else it is, a person has to look at.
  const bool comes_back = refusal->reason == streams::RefusedReason::kNoSuchTable ||
                          refusal->reason == streams::RefusedReason::kBusy;
  hold_up(copying.intake, ShardId(), comes_back ? SessionState::kReading : SessionState::kStopped,
          refusal->message);
}

// --- applying ---

void TableLink::pump_all(std::uint64_t now_ms) {
  if (auto* reading = std::get_if<Reading>(&state_); reading != nullptr && !reading->listing) {
    for (auto& [shard, following] : reading->following) pump(shard, following, now_ms);
    if (reading->copying) pump(*reading->copying, now_ms);
  }
}

void TableLink::pump(ShardId shard, Following& following, std::uint64_t now_ms) {
  SessionIntake& intake = following.intake;
  if (intake.commit() != 0 || intake.state() == SessionState::kStopped || !throttled_.is_over(now_ms)) return;
  if (std::exchange(following.interrupted, false)) {
    // The lost session's credit is gone with what waits: it comes again.
    intake.clear();
    following.idle_cursor.reset();
    CHECK(!following.children);  // the end of a shard ends its session for good
    std::get<Reading>(state_).reader.resume(shard, progress_.shards[shard].cursor, now_ms);
  }
  if (pump_idle(shard, following, now_ms)) return;
  SessionIntake::Front next = front(intake, RecordSource::kLog, shard, now_ms);
  if (next.count == 0 && !next.whole) return;  // held or stopped at the very next record
  ProgressStep step;
  step.kind = ProgressStep::Kind::kShard;
  step.shard = shard;
  step.from = progress_.shards[shard].cursor;
  step.to = next.whole ? intake.next().scanned_through : next.after;
  following.idle_cursor.reset();
  const std::size_t count = next.count;
  intake.begin(commit(shard, std::move(step), std::move(next)), count);
}

// Deals with what has no records; true if there is nothing else to do now.
bool TableLink::pump_idle(ShardId shard, Following& following, std::uint64_t now_ms) {
  SessionIntake& intake = following.intake;
  while (!intake.empty() && intake.next().records.empty()) {
    if (!following.idle_cursor) following.idle_pause = {now_ms, limits::kIdleCursorMs};
    following.idle_cursor = intake.next().scanned_through;
    intake.drop_next();
  }
  if (!intake.empty()) return false;
  ProgressStep step;
  step.shard = shard;
  if (following.children) {
    step.kind = ProgressStep::Kind::kShardDone;
    step.shards = *following.children;
    step.forgotten = long_finished(progress_, now_ms);
  } else if (following.idle_cursor && following.idle_pause.is_over(now_ms)) {
    step.kind = ProgressStep::Kind::kShard;
    step.from = progress_.shards[shard].cursor;
    step.to = *std::exchange(following.idle_cursor, std::nullopt);
    if (step.to == step.from) return true;
  } else {
    return true;
  }
  intake.begin(commit(shard, std::move(step), {}), std::nullopt);
  return true;
}

void TableLink::pump(Copying& copying, std::uint64_t now_ms) {
  SessionIntake& intake = copying.intake;
  if (intake.commit() != 0 || intake.state() == SessionState::kStopped || !throttled_.is_over(now_ms)) return;
  if (copying.session == 0) {
    intake.clear();  // it comes again
    if (copying.pause.is_over(now_ms)) open_copy(copying);
    return;
  }
  if (intake.empty()) return;
  SessionIntake::Front next = front(intake, RecordSource::kScan, ShardId(), now_ms);
  if (next.count == 0 && !next.whole) return;
  ProgressStep step;  // part of a batch: nothing to remember yet
  if (next.whole) {
    step.kind = ProgressStep::Kind::kScan;
    step.scan_position = intake.next().scan_position;
    step.scan_end = intake.next().scan_end;
  }
  const std::size_t count = next.count;
  intake.begin(commit(OfCopy(), std::move(step), std::move(next)), count);
}

SessionIntake::Front TableLink::front(SessionIntake& intake, RecordSource source, ShardId shard,
                                      std::uint64_t now_ms) {
  const SessionState before = intake.state();
  SessionIntake::Front front =
      intake.front({identity_.peer, identity_.key_schema, source, shard, progress_.pinned}, now_ms);
  if (front.whole && before != SessionState::kReading) intake.go_on();
  if (intake.state() != before) hold_up(intake, shard, intake.state(), intake.message());
  return front;
}

void TableLink::hold_up(SessionIntake& intake, ShardId shard, SessionState state,
                        const std::string& message) {
  if (state != SessionState::kReading) {
    static LogLimit lines;  // a peer decides how often a session is held
    log_warning(lines, "table {} from {}: shard {} {}: {}", identity_.name, identity_.peer.name(),
                shard.value(), state == SessionState::kHeld ? "held" : "stopped", message);
  }
  intake.hold_up(state, message);
}

SessionKey TableLink::commit(CommitOwner owner, ProgressStep step, SessionIntake::Front front) {
  step.attempt = progress_.attempt + (step.kind == ProgressStep::Kind::kReset ? 1 : 0);
  CommitWork command;
  command.key = ++keys_;
  command.work.peer = identity_.peer;
  command.work.table = identity_.table;
  command.work.records = std::move(front.records);
  command.work.first_copy = std::holds_alternative<OfCopy>(owner);
  command.work.activate = identity_.first_copy && step.kind == ProgressStep::Kind::kScan && step.scan_end;
  command.work.step = step;
  commits_.emplace(command.key, UnderWay{owner, std::move(step)});
  const SessionKey key = command.key;
  commands_.emplace_back(std::move(command));
  return key;
}

void TableLink::committed(SessionKey key, const Status& status, std::uint64_t now_ms) {
  const auto under_way = commits_.extract(key);
  CHECK(under_way);
  const UnderWay& commit = under_way.mapped();
  if (status.ok()) CHECK(advance(progress_, commit.step, now_ms).ok());
  std::visit([&](const auto& owner) { after(owner, commit.step, status, key, now_ms); }, commit.owner);
}

void TableLink::after(const OfReset&, const ProgressStep&, const Status& status, SessionKey key,
                      std::uint64_t now_ms) {
  auto* resetting = std::get_if<Resetting>(&state_);
  if (resetting == nullptr || resetting->commit != key) return;
  if (ended_) return read_rest(now_ms);
  if (status.ok()) return read(now_ms);
  resetting->commit = 0;
  if (passes(status, now_ms)) return;
  if (status.error().code == ErrorCode::kResourceNotFound) {
    end(status.error().message);
  } else {
    resetting->message = status.error().message;
  }
}

void TableLink::after(const OfListing&, const ProgressStep&, const Status& status, SessionKey key,
                      std::uint64_t now_ms) {
  auto* reading = std::get_if<Reading>(&state_);
  if (reading == nullptr || reading->listing_commit != key) return;
  reading->listing_commit = 0;
  if (status.ok()) {
    reading->listing.reset();
    if (reading->copying) open_copy(*reading->copying);
    return follow(now_ms);
  }
  if (passes(status, now_ms)) return;
  const bool gone_here = status.error().code == ErrorCode::kResourceNotFound;
  if (ended_ && !gone_here) return lose_rest(status.error().message);
  end(status.error().message);
}

void TableLink::after(const OfCopy&, const ProgressStep& step, const Status& status, SessionKey key,
                      std::uint64_t now_ms) {
  auto* reading = std::get_if<Reading>(&state_);
  if (reading == nullptr || !reading->copying || reading->copying->intake.commit() != key) return;
  Copying& copying = *reading->copying;
  if (fails(status, copying.intake, ShardId(), now_ms)) return;
  if (copying.session != 0 && copying.intake.state() == SessionState::kReading) copying.intake.go_on();
  const SessionIntake::Credit credit = copying.intake.committed();
  if (step.scan_end) {
    if (copying.session != 0) commands_.emplace_back(streams::CloseSession{copying.session});
    reading->copying.reset();
    return;
  }
  if (credit.records > 0 && copying.session != 0) {
    commands_.emplace_back(streams::GiveCredit{copying.session, credit.records, credit.bytes});
  }
  pump(copying, now_ms);
}

void TableLink::after(const ShardId& shard, const ProgressStep& step, const Status& status, SessionKey key,
                      std::uint64_t now_ms) {
  auto* reading = std::get_if<Reading>(&state_);
  if (reading == nullptr || !reading->following.contains(shard)) return;
  Following& following = reading->following.at(shard);
  if (following.intake.commit() != key) return;
  if (fails(status, following.intake, shard, now_ms)) return;
  const bool reads = !following.interrupted && following.intake.state() == SessionState::kReading;
  if (reads) following.intake.go_on();
  const SessionIntake::Credit credit = following.intake.committed();
  if (step.kind == ProgressStep::Kind::kShardDone) {
    reading->following.erase(shard);
    reading->reader.finished(shard);
    return follow(now_ms);
  }
  if (credit.records > 0) reading->reader.consumed(shard, credit.records, credit.bytes);
  follow(now_ms);
  if (auto* still = std::get_if<Reading>(&state_); still != nullptr && still->following.contains(shard)) {
    note_watermark(still->following.at(shard));
    pump(shard, still->following.at(shard), now_ms);
    follow(now_ms);
  }
}

// Whether a commit met trouble that passes: what it held still waits, and is tried again after a pause.
bool TableLink::passes(const Status& status, std::uint64_t now_ms) {
  const ErrorCode code = status.error().code;
  if (code != ErrorCode::kThrottled && code != ErrorCode::kUnavailable) return false;
  throttled_ = {now_ms, kThrottledPauseMs};
  return true;
}

bool TableLink::fails(const Status& status, SessionIntake& intake, ShardId shard, std::uint64_t now_ms) {
  if (status.ok()) return false;
  intake.failed();
  if (passes(status, now_ms)) {
    // A writer that is merely busy has nothing to say; one whose disk is almost full has.
    const bool said =
        status.error().code == ErrorCode::kUnavailable && intake.state() == SessionState::kReading;
    if (said) hold_up(intake, shard, SessionState::kReading, status.error().message);
    return true;
  }
  if (status.error().code == ErrorCode::kResourceNotFound) {
    end(status.error().message);
  } else {
    hold_up(intake, shard, SessionState::kStopped, status.error().message);
  }
  return true;
}

// --- what people see ---

SessionReport TableLink::report(ShardId shard, const Following& following) const {
  SessionReport line;
  line.kind = "shard";
  line.shard = shard;
  line.state = following.intake.state();
  line.message = following.intake.message();
  line.watermark = following.watermark;
  const auto stored = progress_.shards.find(shard);
  Ordinal through = stored == progress_.shards.end() ? Ordinal() : stored->second.cursor.ordinal;
  if (following.idle_cursor) through = std::max(through, following.idle_cursor->ordinal);
  line.lag_records = following.head > through ? following.head.value() - through.value() : 0;
  return line;
}

TableLinkReport TableLink::report() const {
  TableLinkReport report;
  report.table_name = identity_.name;
  report.state = progress_.copied ? "FOLLOWING" : "COPYING";
  SessionReport listing;
  listing.kind = "shards";
  if (const auto* due = std::get_if<Resync>(&state_)) {
    report.state = "RESYNC";
    listing.message = due->message;
  } else if (const auto* resetting = std::get_if<Resetting>(&state_)) {
    report.state = resetting->resync ? "RESYNC" : resetting->step.copy ? "COPYING" : "FOLLOWING";
    if (resetting->resync) listing.message = *resetting->resync;
    if (!resetting->message.empty()) {
      listing.state = SessionState::kStopped;
      listing.message = resetting->message;
    }
  } else if (const auto* over = std::get_if<Over>(&state_)) {
    listing.state = SessionState::kStopped;
    listing.message = over->message;
  } else if (const auto* reading = std::get_if<Reading>(&state_)) {
    for (const auto& [shard, following] : reading->following) {
      report.sessions.push_back(this->report(shard, following));
    }
    if (reading->copying) {
      SessionReport& copy = report.sessions.emplace_back();
      copy.kind = "scan";
      copy.state = reading->copying->intake.state();
      copy.message = reading->copying->intake.message();
    }
    if (!reading->reader.listing() && reading->message.empty()) return report;
    listing.message = reading->message;
  }
  report.sessions.push_back(std::move(listing));
  return report;
}

}  // namespace gyre::global_tables
