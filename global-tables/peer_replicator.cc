// SPDX-License-Identifier: Apache-2.0
#include "global-tables/peer_replicator.h"

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/storage/change_record.h"
#include "global-tables/table_lag.h"

namespace gyre::global_tables {
namespace {

// A thousand sessions a second change hands at most.
constexpr std::uint64_t kTurnMs = 100;
constexpr std::size_t kSessionsATurn = 100;
constexpr std::size_t kLinksTickedAlways = 256;

// The same table of the same life; whether it is still being copied is the link's own business once it has
// begun.
bool same_table(const TableLinkIdentity& a, const TableLinkIdentity& b) {
  return a.table == b.table && a.peer_incarnation == b.peer_incarnation && (a.first_copy || !b.first_copy);
}

Result<PeerChange> read_change(std::string_view bytes, Epoch epoch) {
  ASSIGN_OR_RETURN(const storage::ChangeRecord record, storage::decode_change_record(bytes));
  PeerChange change;
  change.after = {epoch, storage::kCatalogShard, record.sequence, record.ordinal,
                  storage::change_record_checksum(bytes)};
  ASSIGN_OR_RETURN(change.change, storage::decode_catalog_change(record.catalog_change));
  if (const auto* said = std::get_if<storage::RoomMessage>(&change.change)) {
    ASSIGN_OR_RETURN(change.message, decode_membership_message(*said));
  }
  return change;
}

}  // namespace

void PeerReplicator::start() {
  open_catalog();
}

void PeerReplicator::open_catalog() {
  catalog_key_ = ++last_key_;
  catalog_caught_up_ = false;
  streams::OpenSession open;
  open.key = catalog_key_;
  open.options.shard = catalog_place_;
  commands_.push_back(std::move(open));
}

void PeerReplicator::follow(std::vector<TableLinkIdentity> tables, std::uint64_t now_ms) {
  followed_ = std::move(tables);
  refresh_links(now_ms);
}

void PeerReplicator::refresh_links(std::uint64_t now_ms) {
  std::map<TableId, const TableLinkIdentity*> followed;
  for (const TableLinkIdentity& table : followed_) followed[table.table] = &table;
  for (auto at = links_.begin(); at != links_.end();) {
    TableLink& link = at->second;
    const auto table = followed.find(at->first);
    const bool wanted =
        !link.closed() && table != followed.end() && same_table(link.identity(), *table->second);
    if (!wanted && !link.closed()) {
      link.close();
      collect(link);
    }
    if (!wanted && link.settled()) {
      ended_.erase(at->first);
      at = links_.erase(at);
    } else {
      ++at;
    }
  }
  for (const TableLinkIdentity& table : followed_) {
    if (table.ended) ended_.insert(table.table);
    if (const auto link = links_.find(table.table); link != links_.end()) {
      if (table.ended && !link->second.closed()) {
        link->second.life_ended(now_ms);
        collect(link->second);
      }
      continue;
    }
    TableLink& link = links_.try_emplace(table.table, table, load_(table), last_key_).first->second;
    link.start(now_ms);
    collect(link);
  }
}

TableLink* PeerReplicator::link_of(SessionKey key) {
  const auto route = routes_.find(key);
  if (route == routes_.end()) return nullptr;
  const auto link = links_.find(route->second);
  return link == links_.end() ? nullptr : &link->second;
}

// Takes over a link's commands, and learns which sessions are its own.
void PeerReplicator::collect(TableLink& link) {
  for (LinkCommand& command : link.take_commands()) {
    if (const auto* open = std::get_if<streams::OpenSession>(&command)) {
      routes_[open->key] = link.identity().table;
      if (!turns_.open(*open)) continue;
    }
    if (const auto* commit = std::get_if<CommitWork>(&command))
      committing_[commit->key] = link.identity().table;
    if (const auto* close = std::get_if<streams::CloseSession>(&command)) {
      routes_.erase(close->key);
      if (!turns_.close(close->key)) continue;
    }
    commands_.push_back(std::move(command));
  }
  while (std::optional<streams::OpenSession> open = turns_.next()) commands_.emplace_back(*std::move(open));
}

// Who has read all there is makes room for those that wait, so many at a time that it costs little.
void PeerReplicator::take_turns(std::uint64_t now_ms) {
  if (!turns_.somebody_waits() || !turn_pause_.is_over(now_ms)) return;
  turn_pause_ = {now_ms, kTurnMs};
  for (const SessionKey key : turns_.candidates(kSessionsATurn)) {
    TableLink* link = link_of(key);
    if (link != nullptr && link->yield(key, now_ms)) collect(*link);
  }
}

void PeerReplicator::take(SessionKey key, streams::SessionMessage message, std::uint64_t now_ms) {
  if (key == catalog_key_) return take_catalog(message, now_ms);
  if (TableLink* link = link_of(key)) {
    link->take(key, std::move(message), now_ms);
    collect(*link);
  }
}

void PeerReplicator::take_catalog(const streams::SessionMessage& message, std::uint64_t now_ms) {
  if (std::holds_alternative<streams::Opened>(message)) return catalog_message_.clear();
  if (const auto* batch = std::get_if<streams::RecordBatch>(&message)) return catalog_batch(*batch);
  if (const auto* refusal = std::get_if<streams::Refusal>(&message)) return catalog_refused(*refusal, now_ms);
  if (const auto* heard = std::get_if<streams::Heard>(&message)) return catalog_heard(*heard);
}

void PeerReplicator::catalog_batch(const streams::RecordBatch& batch) {
  CatalogNews news;
  const streams::GiveCredit credit{catalog_key_, batch.records.size(), batch.records.bytes()};
  for (const std::string_view bytes : batch.records) {
    Result<PeerChange> change = read_change(bytes, batch.scanned_through.epoch);
    if (!change.ok()) {
      catalog_message_ = "the peer's catalog cannot be read: " + change.error().message;
      log_error("{}: {}", peer_.name(), catalog_message_);
      commands_.emplace_back(streams::CloseSession{catalog_key_});
      catalog_key_ = 0;
      return;
    }
    news.changes.push_back(std::move(change).value());
  }
  if (credit.records > 0) commands_.push_back(credit);
  catalog_place_ = batch.scanned_through;
  news.caught_up = batch.scanned_through.ordinal >= batch.head_ordinal;
  catalog_caught_up_ = news.caught_up;
  news_.push_back(std::move(news));
}

void PeerReplicator::catalog_refused(const streams::Refusal& refusal, std::uint64_t now_ms) {
  catalog_message_ = refusal.message;
  commands_.emplace_back(streams::CloseSession{std::exchange(catalog_key_, 0)});
  catalog_pause_.emplace(now_ms, limits::kTickMs);
  if (!streams::is_loss(refusal.reason)) return;
  // Another life of the peer's store: what was learned of the former one does not count.
  catalog_place_ = {Epoch(), storage::kCatalogShard, SequenceNumber(), Ordinal(), 0};
  CatalogNews news;
  news.restart = true;
  news_.push_back(std::move(news));
}

void PeerReplicator::catalog_heard(const streams::Heard& heard) {
  if (heard.scanned_through < heard.head || catalog_caught_up_) return;
  catalog_caught_up_ = true;  // a region without any table sends no batch
  CatalogNews news;
  news.caught_up = true;
  news_.push_back(std::move(news));
}

void PeerReplicator::committed(SessionKey key, const Status& status, std::uint64_t now_ms) {
  const auto committing = committing_.find(key);
  CHECK(committing != committing_.end());
  const auto link = links_.find(committing->second);
  CHECK(link != links_.end());  // it stays until it is settled
  committing_.erase(committing);
  link->second.committed(key, status, now_ms);
  collect(link->second);
  if (link->second.closed() && link->second.settled()) refresh_links(now_ms);
}

void PeerReplicator::tick(std::uint64_t now_ms) {
  if (catalog_pause_ && catalog_pause_->is_over(now_ms)) {
    catalog_pause_.reset();
    open_catalog();
  }
  take_turns(now_ms);
  // Very many are not looked at whenever something comes.
  if (links_.size() > kLinksTickedAlways && !tick_pause_.is_over(now_ms)) return;
  tick_pause_ = {now_ms, kTurnMs};
  for (auto& [table, link] : links_) {
    link.tick(now_ms);
    collect(link);
  }
}

std::vector<IncarnationId> PeerReplicator::exhausted() const {
  std::vector<IncarnationId> lives;
  for (const TableId table : ended_) {
    const auto link = links_.find(table);
    if (link != links_.end() && link->second.exhausted())
      lives.push_back(link->second.identity().peer_incarnation);
  }
  return lives;
}

Backlogs PeerReplicator::backlogs() const {
  Backlogs backlogs;
  for (const TableId table : ended_) {
    const auto link = links_.find(table);
    if (link == links_.end() || link->second.closed()) continue;
    backlogs[link->second.identity().peer_incarnation] = lag_of(link->second.report()).records;
  }
  return backlogs;
}

std::vector<LinkCommand> PeerReplicator::take_commands() {
  return std::exchange(commands_, {});
}

std::vector<TableLinkReport> PeerReplicator::report() const {
  std::vector<TableLinkReport> reports;
  for (const auto& [table, link] : links_) {
    if (!link.closed()) reports.push_back(link.report());
  }
  return reports;
}

}  // namespace gyre::global_tables
