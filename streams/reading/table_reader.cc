// SPDX-License-Identifier: Apache-2.0
#include "streams/reading/table_reader.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/storage/change_log.h"

namespace gyre::streams {
namespace {

constexpr std::uint64_t kPauseMs = limits::kTickMs;

std::set<ShardId> finished_shards(const TableReader::Position& position) {
  std::set<ShardId> finished;
  for (const auto& [shard, place] : position) {
    if (place.finished) finished.insert(shard);
  }
  return finished;
}

}  // namespace

TableReader::TableReader(Options options, SessionKey& keys, Position position)
    : options_(std::move(options)),
      keys_(keys),
      position_(std::move(position)),
      compares_(!position_.empty()),
      lineage_(finished_shards(position_)) {
  for (const auto& [shard, place] : position_) {
    CHECK(place.cursor == storage::LogCursor() || place.cursor.shard == shard);
    known_.insert(shard);
  }
  std::erase_if(position_, [](const auto& entry) { return entry.second.finished; });
  CHECK(!options_.unlisted || options_.one_life);
}

std::optional<TableReader::Event> TableReader::next_event() {
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

// --- which shards ---

void TableReader::tick(std::uint64_t now_ms) {
  if (over_) return;
  if (options_.unlisted && !std::exchange(found_, true)) start_known();
  for (auto& [id, shard] : shards_) {
    if (shard.state == Shard::State::kPausing && shard.pause.is_over(now_ms)) open(id, shard);
  }
  const bool wanted = !found_ || (!options_.one_life && (lineage_.idle() || listed_anew_));
  if (listing_ || !wanted || !list_pause_.is_over(now_ms)) return;
  listing_ = ++keys_;
  OpenSession open;
  open.key = *listing_;
  open.options.table_shards = options_.table;
  events_.emplace_back(std::move(open));
}

void TableReader::start_known() {
  std::vector<ShardInfo> known;
  for (const auto& [id, place] : position_) known.emplace_back().shard = id;
  start(lineage_.add(known, /*last=*/true), /*latest=*/false);
}

void TableReader::take(SessionKey key, SessionMessage message, std::uint64_t now_ms) {
  if (key == listing_) {
    events_.emplace_back(CloseSession{*std::exchange(listing_, std::nullopt)});
    if (const auto* table = std::get_if<Opened>(&message)) return listed(*table, now_ms);
    if (const auto* refusal = std::get_if<Refusal>(&message)) return not_listed(*refusal, now_ms);
    return;  // listed again by the next tick
  }
  const auto session = sessions_.find(key);
  if (session == sessions_.end()) return;
  const ShardId id = session->second;
  Shard& shard = shards_.at(id);
  std::visit([&](auto& one) { on(id, shard, one, now_ms); }, message);
}

void TableReader::listed(const Opened& table, std::uint64_t now_ms) {
  // Of a table that comes later everything is new.
  const bool from_now = options_.from_now && !found_ && !missing_;
  missing_ = false;
  listed_anew_ = false;
  epoch_ = table.epoch;
  tell_losses(table.shards);
  // While nothing is read, what is known and not listed is finished, or lost, with all that comes of it.
  if (lineage_.idle()) known_.clear();
  closed_.clear();
  for (const ShardInfo& info : table.shards) {
    if (!options_.one_life) known_.insert(info.shard);
    closed_[info.shard] = info.closed;
    if (from_now && info.closed) lineage_.leave_out(info.shard);
  }
  compares_ = true;
  if (!std::exchange(found_, true)) events_.emplace_back(Found{table});
  const std::vector<ShardId> ready = lineage_.add(table.shards, /*last=*/options_.one_life);
  if (ready.empty()) list_pause_ = {now_ms, kPauseMs};
  start(ready, from_now);
}

void TableReader::not_listed(const Refusal& refusal, std::uint64_t now_ms) {
  list_pause_ = {now_ms, kPauseMs};
  const bool none = refusal.reason == RefusedReason::kNoSuchTable;
  if (none && std::exchange(missing_, true)) return;
  events_.emplace_back(Missing{refusal.reason, refusal.message});
}

// What is listed is known, or descends from what is known, unless something between came and went.
void TableReader::tell_losses(const std::vector<ShardInfo>& listed) {
  if (!compares_) return;
  std::set<ShardId> kept;
  for (const ShardInfo& info : listed) kept.insert(info.shard);
  for (const auto& [shard, place] : position_) {
    if (kept.contains(shard)) continue;
    events_.emplace_back(Lost{shard,
                              RefusedReason::kTrimmed,
                              storage::shard_id_text(shard) + " was trimmed before it was read to its end",
                              {}});
  }
  for (const ShardInfo& info : listed) {
    if (!info.parent || known_.contains(info.shard) || known_.contains(*info.parent)) continue;
    if (kept.contains(*info.parent)) continue;
    known_.insert(*info.parent);  // told once
    events_.emplace_back(Lost{*info.parent,
                              RefusedReason::kTrimmed,
                              storage::shard_id_text(*info.parent) + " was trimmed before it was read",
                              {}});
  }
}

void TableReader::start(const std::vector<ShardId>& shards, bool latest) {
  for (const ShardId id : shards) {
    Shard& shard = shards_[id];
    shard.latest = latest;
    if (const auto place = position_.extract(id)) shard.cursor = place.mapped().cursor;
    const auto closed = closed_.extract(id);
    events_.emplace_back(Started{id, closed && closed.mapped()});
    open(id, shard);
  }
}

// --- one shard ---

void TableReader::open(ShardId id, Shard& shard) {
  CHECK(shard.key == 0 && shard.state == Shard::State::kPausing);
  shard.key = ++keys_;
  shard.state = Shard::State::kReading;
  shard.children.reset();
  sessions_.emplace(shard.key, id);
  OpenSession open;
  open.key = shard.key;
  open.options = options_.session;
  open.options.shard = shard.cursor;
  open.options.shard->shard = id;
  // Of a shard that it named itself the region can tell that it was trimmed.
  if (open.options.shard->epoch == Epoch()) open.options.shard->epoch = epoch_;
  open.options.latest = shard.latest;
  events_.emplace_back(std::move(open));
}

void TableReader::end_session(Shard& shard) {
  if (shard.key == 0) return;
  events_.emplace_back(CloseSession{shard.key});
  sessions_.erase(std::exchange(shard.key, 0));
}

void TableReader::on(ShardId id, Shard& shard, Opened& opened, std::uint64_t) {
  // Where a consumer goes on, only the region knows.
  if (std::exchange(shard.latest, false) && options_.session.consumer.empty()) {
    shard.cursor = opened.position;
    shard.cursor.shard = id;
  }
  events_.emplace_back(ShardOpened{id, std::move(opened)});
}

void TableReader::on(ShardId id, Shard& shard, RecordBatch& batch, std::uint64_t) {
  if (options_.session.consumer.empty()) shard.cursor = batch.scanned_through;
  events_.emplace_back(ShardBatch{id, std::move(batch)});
}

void TableReader::on(ShardId id, Shard& shard, ShardEnd& end, std::uint64_t) {
  shard.children = end.children;
  if (options_.session.consumer.empty()) end_session(shard);  // a consumer's takes acks until it is finished
  events_.emplace_back(Ended{id, std::move(end.children)});
}

void TableReader::on(ShardId id, Shard& shard, Refusal& refusal, std::uint64_t now_ms) {
  end_session(shard);
  shard.pause = {now_ms, kPauseMs};
  if (refusal.reason == RefusedReason::kBusy) {
    shard.state = Shard::State::kInterrupted;
    events_.emplace_back(Interrupted{id, std::move(refusal.message)});
    return;
  }
  shard.state = Shard::State::kStuck;
  if (is_loss(refusal.reason)) {
    events_.emplace_back(Lost{id, refusal.reason, std::move(refusal.message), refusal.oldest});
  } else {
    events_.emplace_back(Stuck{id, refusal.reason, std::move(refusal.message)});
  }
}

void TableReader::on(ShardId id, Shard&, Heard& heard, std::uint64_t) {
  events_.emplace_back(ShardHeard{id, heard});
}

void TableReader::on(ShardId id, Shard&, AckAnswer& answer, std::uint64_t) {
  events_.emplace_back(ShardAcked{id, std::move(answer)});
}

// Takes back the news of a shard that nobody has seen yet.
void TableReader::withdraw(ShardId id) {
  std::erase_if(events_, [id](const Event& event) {
    return std::visit(
        [id](const auto& one) {
          if constexpr (requires { one.shard; }) {
            return one.shard == id;
          } else {
            return false;
          }
        },
        event);
  });
}

// --- what the owner says ---

void TableReader::consumed(ShardId id, std::uint64_t records, std::uint64_t bytes) {
  const auto shard = shards_.find(id);
  if (shard == shards_.end() || shard->second.key == 0) return;
  events_.emplace_back(GiveCredit{shard->second.key, records, bytes});
}

void TableReader::ack(ShardId id, ConsumerAck ack) {
  const Shard& shard = shards_.at(id);
  if (shard.key != 0) events_.emplace_back(SendAck{shard.key, std::move(ack)});
}

void TableReader::finished(ShardId id) {
  Shard& shard = shards_.at(id);
  CHECK(shard.children);
  const std::vector<ShardId> children = *std::move(shard.children);
  if (!options_.one_life) known_.insert(children.begin(), children.end());
  erase(id);
  start(lineage_.finished(id, children), /*latest=*/false);
}

void TableReader::interrupt(ShardId id) {
  Shard& shard = shards_.at(id);
  withdraw(id);
  end_session(shard);
  shard.state = Shard::State::kInterrupted;
  shard.pause = {};
}

void TableReader::resume(ShardId id, std::optional<storage::LogCursor> cursor, std::uint64_t now_ms) {
  Shard& shard = shards_.at(id);
  CHECK(shard.state == Shard::State::kInterrupted);
  if (cursor) shard.cursor = *cursor;
  shard.state = Shard::State::kPausing;
  if (shard.pause.is_over(now_ms)) open(id, shard);
}

void TableReader::forget(ShardId id, std::uint64_t now_ms) {
  position_.erase(id);
  if (!shards_.contains(id)) return;  // it was never started
  erase(id);
  listed_anew_ = true;
  list_pause_ = {now_ms, kPauseMs};
  start(lineage_.gone(id), /*latest=*/false);
}

// Its lineage goes on waiting for it.
void TableReader::abandon(ShardId id) {
  if (shards_.contains(id)) erase(id);
}

void TableReader::erase(ShardId id) {
  withdraw(id);
  end_session(shards_.at(id));
  shards_.erase(id);
}

std::optional<ShardId> TableReader::shard_of(SessionKey key) const {
  const auto session = sessions_.find(key);
  return session == sessions_.end() ? std::nullopt : std::optional(session->second);
}

void TableReader::close() {
  over_ = true;
  std::erase_if(events_, [](const Event& event) {
    return !std::holds_alternative<OpenSession>(event) && !std::holds_alternative<CloseSession>(event);
  });
  if (listing_) events_.emplace_back(CloseSession{*std::exchange(listing_, std::nullopt)});
  while (!shards_.empty()) erase(shards_.begin()->first);
}

}  // namespace gyre::streams
