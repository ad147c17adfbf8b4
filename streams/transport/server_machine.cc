// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/server_machine.h"

#include <algorithm>
#include <limits>

#include "core/base/duration.h"
#include "core/base/limits.h"
#include "core/base/log.h"

namespace gyre::streams {
namespace {

ShardInfo describe(const storage::ShardDescriptor& shard) {
  return {shard.id,
          shard.parent,
          !shard.open(),
          shard.last_sequence,
          shard.stream_label,
          shard.opened_ms,
          shard.closed_ms.value_or(0)};
}

RefusedReason reason_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kTrimmed:
      return RefusedReason::kTrimmed;
    case ErrorCode::kWrongEpoch:
      return RefusedReason::kWrongEpoch;
    case ErrorCode::kAheadOfHead:
      return RefusedReason::kAheadOfHead;
    case ErrorCode::kRecordDiffers:
      return RefusedReason::kRecordDiffers;
    case ErrorCode::kResourceNotFound:
      return RefusedReason::kNoSuchTable;
    case ErrorCode::kValidation:
      return RefusedReason::kMalformed;
    case ErrorCode::kThrottled:
      return RefusedReason::kBusy;
    default:
      return RefusedReason::kUnreadable;
  }
}

}  // namespace

// --- frames ---

void ServerMachine::receive(const std::string& peer, std::string_view frame,
                            storage::RecordList::Memory memory, std::uint64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  Result<wire::Message> message = wire::decode_message(frame, std::move(memory));
  if (!message.ok()) {
    log_warning(garbage_lines_, "stream server: {}", message.error().message);
    send(peer, wire::Refused{0, RefusedReason::kMalformed, message.error().message, {}});
    return;
  }
  if (const auto* hello = std::get_if<wire::Hello>(&*message)) return on_hello(peer, *hello, now_ns_);
  const auto known = peers_.find(peer);
  if (known == peers_.end()) {
    // A reader from before a restart: its library reconnected by itself, and it does not know yet.
    send(peer, wire::Bye{0, "unknown reader: say HELLO"});
    return;
  }
  known->second.heard_ns = now_ns_;
  std::visit([&](const auto& one) { on(peer, one); }, *message);
}

void ServerMachine::on_hello(const std::string& peer, const wire::Hello& hello, std::uint64_t now_ns) {
  if (hello.version_min > wire::kProtocolVersion || hello.version_max < wire::kProtocolVersion) {
    send(peer, wire::Refused{0,
                             RefusedReason::kVersion,
                             fmt::format("this region speaks version {} of the stream protocol",
                                         wire::kProtocolVersion),
                             {}});
    return;
  }
  if (!peers_.contains(peer) && peers_.size() >= limits::kStreamPeersMax) {
    send(peer, wire::Refused{0, RefusedReason::kBusy, "too many readers", {}});
    return;
  }
  Peer& known = peers_[peer];
  known.reader_id = hello.reader_id.substr(0, limits::kStreamReaderNameBytesMax);
  known.heard_ns = now_ns;
  send(peer, wire::Welcome{wire::kProtocolVersion, region_.name(), epoch_,
                           static_cast<std::uint32_t>(limits::kStreamMessageBytesMax)});
}

void ServerMachine::on(const std::string& peer, const wire::Open& open) {
  const SessionAddress address{peer, open.session};
  if (const auto existing = sessions_.find(address); existing != sessions_.end()) {
    if (existing->second.attempt() == open.attempt) {
      // The reader repeats itself: our answer was lost or is still to come.
      if (existing->second.state() != ServerSession::State::kOpening)
        send(peer, existing->second.opened_message());
      return;
    }
    erase_session(address);
  }
  if (open.epoch != Epoch() && open.epoch != epoch_) {
    return refuse(address, RefusedReason::kWrongEpoch,
                  "the cursor belongs to another life of this region's store");
  }
  if (const Status status = check(peer, open); !status.ok()) return refuse(address, status.error());
  if (const auto* cursor = std::get_if<storage::LogCursor>(&open.source))
    return open_shard(address, open, *cursor);
  if (const auto* scan = std::get_if<SessionOptions::TableScan>(&open.source))
    return open_scan(address, open, *scan);
  answer_shards(address, open, std::get<wire::TableShards>(open.source).table_name);
}

// Bounds on what an Open makes us keep, and on what is said of it.
Status ServerMachine::check(const std::string& peer, const wire::Open& open) const {
  if (open.session == 0) return Error::validation("a session needs a number");
  if (peers_.at(peer).sessions >= limits::kStreamSessionsMax) {
    return Error(ErrorCode::kThrottled, "this reader has too many sessions");
  }
  if (sessions_.size() >= limits::kStreamSessionsInAllMax) {
    return Error(ErrorCode::kThrottled, "this region's readers have too many sessions");
  }
  if (open.consumer.size() > limits::kConsumerNameBytesMax) {
    return Error::validation("the consumer's name is too long");
  }
  const auto* scan = std::get_if<SessionOptions::TableScan>(&open.source);
  const auto* shards = std::get_if<wire::TableShards>(&open.source);
  if ((scan != nullptr && scan->table_name.size() > limits::kNameBytesMax) ||
      (shards != nullptr && shards->table_name.size() > limits::kNameBytesMax)) {
    return Error::validation("the table's name is too long");
  }
  if (scan != nullptr && scan->after.size() > limits::kStreamScanPositionBytesMax) {
    return Error::validation("the scan position is too long");
  }
  return {};
}

void ServerMachine::open_shard(const SessionAddress& address, const wire::Open& open,
                               storage::LogCursor cursor) {
  const ShardId shard = cursor.shard;
  if (shard != storage::kCatalogShard && !port_.catalog()->find_by_shard(shard)) {
    // A reader that names our epoch learned this shard from us, so it existed.
    const bool existed = open.epoch == epoch_;
    return refuse(address, existed ? RefusedReason::kTrimmed : RefusedReason::kNoSuchShard,
                  existed ? "the shard was trimmed" : "there is no such shard");
  }
  pump(address, add_session(address, open, cursor));
}

void ServerMachine::open_scan(const SessionAddress& address, const wire::Open& open,
                              const SessionOptions::TableScan& scan) {
  const storage::TablePointer table = port_.catalog()->find(scan.table_name);
  if (!table) return refuse(address, RefusedReason::kNoSuchTable, "there is no table " + scan.table_name);
  if (!open.consumer.empty()) return refuse(address, RefusedReason::kNotAllowed, "a consumer reads shards");
  pump(address, add_session(address, open, ScanPlace{table->schema.id, scan.after}));
}

void ServerMachine::answer_shards(const SessionAddress& address, const wire::Open& open,
                                  const std::string& table_name) {
  wire::Opened opened;
  opened.session = address.session;
  opened.attempt = open.attempt;
  opened.epoch = epoch_;
  if (table_name.empty()) {
    opened.shards.emplace_back().shard = storage::kCatalogShard;
  } else {
    const storage::TablePointer table = port_.catalog()->find(table_name);
    if (!table) return refuse(address, RefusedReason::kNoSuchTable, "there is no table " + table_name);
    for (const storage::ShardDescriptor& shard : table->shards) {
      opened.shards.push_back(describe(shard));
      SequenceNumber last = shard.last_sequence;
      if (const auto head = port_.head(shard.id)) last = std::max(last, head->sequence);
      opened.position.sequence = std::max(opened.position.sequence, last);
    }
    opened.key_names.push_back(table->schema.key_schema.partition.name);
    if (table->schema.key_schema.sort) opened.key_names.push_back(table->schema.key_schema.sort->name);
  }
  send(address.peer, opened);
}

void ServerMachine::on(const std::string& peer, const wire::Credit& credit) {
  take_credit(peer, credit.session, credit.nonce, credit.records_total, credit.bytes_total);
}

void ServerMachine::on(const std::string& peer, const wire::Tick& tick) {
  if (tick.positions.size() > limits::kStreamSessionsMax) return;  // no reader has so many
  for (const wire::Position& position : tick.positions) {
    take_credit(peer, position.session, position.nonce, position.records_total, position.bytes_total);
  }
}

void ServerMachine::take_credit(const std::string& peer, std::uint64_t session_number, std::uint64_t nonce,
                                std::uint64_t records_total, std::uint64_t bytes_total) {
  const SessionAddress address{peer, session_number};
  // An old nonce is a frame that was under way when the reader reopened: no harm. Of an unknown session the
  // reader learns from our next tick, which does not name it.
  ServerSession* session = find(address, nonce);
  if (session == nullptr) return;
  session->credit(records_total, bytes_total);
  // The reader has our answer to its Open.
  state_bytes_ -= session->state_bytes();
  session->forget_state();
  pump(address, *session);
}

void ServerMachine::on(const std::string& peer, const wire::Ack& ack) {
  const SessionAddress address{peer, ack.session};
  ServerSession* session = find(address, ack.nonce);
  if (session == nullptr) return;
  ServerSession::LastAck& last = session->last_ack();
  if (last.number == ack.number) {
    if (last.answer) send(peer, *last.answer);
    return;
  }
  if (last.number != 0 && !last.answer) return;  // One at a time; the reader repeats this one.
  last = {.number = ack.number, .sequence = ack.progress.accepted_through.sequence, .answer = std::nullopt};
  if (session->consumer().empty() || session->is_scan()) {
    return committed(address, ack.nonce, ack.number,
                     Error::validation("only a consumer's session takes acks"));
  }
  ConsumerAck progress = ack.progress;
  progress.consumer = session->consumer();
  progress.accepted_through.epoch = epoch_;
  progress.accepted_through.shard = session->cursor().shard;
  if (const auto table = port_.catalog()->find_by_shard(progress.accepted_through.shard)) {
    progress.table_name = table->schema.name;
  }
  port_.commit(address, ack.nonce, ack.number, std::move(progress));
}

void ServerMachine::committed(const SessionAddress& address, std::uint64_t nonce, std::uint64_t number,
                              const Status& outcome) {
  ServerSession* session = find(address, nonce);
  if (session == nullptr || session->last_ack().number != number) return;
  ServerSession::LastAck& last = session->last_ack();
  last.answer = wire::Acked{address.session, nonce, number, last.sequence, outcome};
  send(address.peer, *last.answer);
}

void ServerMachine::on(const std::string& peer, const wire::Bye& bye) {
  if (bye.session == 0) return erase_peer(peer, "it said goodbye");
  erase_session({peer, bye.session});
}

template <class Other>
void ServerMachine::on(const std::string& peer, const Other&) {
  send(peer, wire::Refused{0, RefusedReason::kMalformed, "this message is for readers", {}});
}

// --- sessions ---

ServerSession* ServerMachine::find(const SessionAddress& address, std::uint64_t nonce) {
  const auto found = sessions_.find(address);
  return found == sessions_.end() || found->second.nonce() != nonce ? nullptr : &found->second;
}

ServerSession& ServerMachine::add_session(const SessionAddress& address, const wire::Open& open,
                                          std::variant<storage::LogCursor, ScanPlace> from) {
  const std::uint64_t nonce = random_.next() | 1;  // never 0
  if (const auto* cursor = std::get_if<storage::LogCursor>(&from)) readers_of_[cursor->shard].insert(address);
  ++peers_[address.peer].sessions;
  const auto [added, is_new] = sessions_.try_emplace(address, address, nonce, open, std::move(from));
  CHECK(is_new);
  return added->second;
}

void ServerMachine::erase_session(const SessionAddress& address) {
  const auto found = sessions_.find(address);
  if (found == sessions_.end()) return;
  if (!found->second.is_scan()) {
    const auto readers = readers_of_.find(found->second.cursor().shard);
    readers->second.erase(address);
    if (readers->second.empty()) readers_of_.erase(readers);
  }
  parked_.erase(address);
  roomless_.erase(address);
  state_bytes_ -= found->second.state_bytes();
  --peers_[address.peer].sessions;
  sessions_.erase(found);
}

void ServerMachine::erase_peer(const std::string& peer, std::string_view why) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return;
  log_info(goodbye_lines_, "stream server: reader {} is gone: {}", found->second.reader_id, why);
  auto session = sessions_.lower_bound({peer, 0});
  while (session != sessions_.end() && session->first.peer == peer) {
    const SessionAddress address = (session++)->first;
    erase_session(address);
  }
  peers_.erase(found);
}

void ServerMachine::pump(const SessionAddress& address, ServerSession& session) {
  if (session.parked()) return;
  if (!session.is_scan() && session.state() == ServerSession::State::kReading &&
      session.cursor().shard != storage::kCatalogShard) {
    const storage::TablePointer table = port_.catalog()->find_by_shard(session.cursor().shard);
    const storage::ShardDescriptor* shard = table ? table->find_shard(session.cursor().shard) : nullptr;
    if (shard == nullptr) return refuse(address, RefusedReason::kTrimmed, "the shard was trimmed");
    if (session.finished(*shard)) return finish(address, session, *shard);
    if (!shard->open()) session.advanced({shard->id, shard->last_sequence, shard->last_ordinal, 0});
  }
  if (std::optional<ReadJob> job = session.next_read()) start_read(address, session, *std::move(job));
}

void ServerMachine::start_read(const SessionAddress& address, ServerSession& session, ReadJob job) {
  if (!job.opening) {
    job.reserved = port_.reserve(address.peer, job.bytes_max);
    if (job.reserved == 0) {
      session.read_refused();
      roomless_.insert(address);
      return;
    }
    job.bytes_max = job.reserved;
  }
  const std::size_t reserved = job.reserved;
  if (port_.read(std::move(job))) return;
  port_.unreserve(address.peer, reserved);
  session.read_refused();
  park(address);
}

void ServerMachine::read_done(ReadAnswer answer) {
  const SessionAddress address = answer.address;
  // What was read is sent or dropped before anything else asks for room.
  port_.unreserve(address.peer, answer.reserved);
  ServerSession* session = find(address, answer.nonce);
  if (session == nullptr) return;
  if (answer.error) {
    if (answer.not_allowed) return refuse(address, RefusedReason::kNotAllowed, answer.error->message);
    return refuse(address, *answer.error);
  }
  if (answer.opening) return opened(address, *session, std::move(answer));
  if (std::optional<wire::Batch> batch = session->take(std::move(answer))) {
    if (!send(address.peer, *batch)) {
      session->batch_not_sent();
      park(address);
      return;
    }
    session->batch_sent();
    retry_pause_ms_ = limits::kStreamRetryMs;
  }
  pump(address, *session);
}

void ServerMachine::opened(const SessionAddress& address, ServerSession& session, ReadAnswer answer) {
  session.opened(std::move(answer));
  state_bytes_ += session.state_bytes();
  if (state_bytes_ > limits::kStreamStatesBytesMax) {
    return refuse(address, RefusedReason::kBusy, "too many consumers open sessions at a time");
  }
  // A lost one is asked for again.
  wire::Opened message = session.opened_message();
  message.epoch = epoch_;
  send(address.peer, message);
  early_ticks_.insert(address.peer);
  pump(address, session);
}

void ServerMachine::finish(const SessionAddress& address, ServerSession& session,
                           const storage::ShardDescriptor& shard) {
  if (!tell_position(address, session)) return;
  session.end(shard.last_ordinal);
  // If the socket does not take it, the next tick says it again.
  send_shard_end(address, session);
}

bool ServerMachine::send_shard_end(const SessionAddress& address, const ServerSession& session) {
  wire::ShardEnd message{address.session, session.nonce(), {}, session.last_ordinal()};
  if (const auto table = port_.catalog()->find_by_shard(session.cursor().shard)) {
    for (const storage::ShardDescriptor& shard : table->shards) {
      if (shard.parent == session.cursor().shard) message.children.push_back(shard.id);
    }
  }
  return send(address.peer, message);
}

bool ServerMachine::tell_position(const SessionAddress& address, ServerSession& session) {
  const std::optional<wire::Batch> news = session.position_news();
  if (!news) return true;
  if (!send(address.peer, *news)) return false;
  session.position_news_sent();
  return true;
}

void ServerMachine::advanced(const std::vector<storage::ShardHead>& heads) {
  bool catalog_changed = false;
  for (const storage::ShardHead& head : heads) {
    catalog_changed |= head.shard == storage::kCatalogShard;
    const auto readers = readers_of_.find(head.shard);
    if (readers == readers_of_.end()) continue;
    const std::set<SessionAddress> addresses = readers->second;  // pump() may end sessions
    for (const SessionAddress& address : addresses) {
      const auto session = sessions_.find(address);
      CHECK(session != sessions_.end());
      session->second.advanced(head);
      pump(address, session->second);
    }
  }
  if (!catalog_changed) return;
  // Shards may have been closed or trimmed.
  for (auto session = sessions_.begin(); session != sessions_.end();) {
    const auto current = session++;
    pump(current->first, current->second);
  }
}

// --- time ---

void ServerMachine::turn(std::uint64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  for (const std::string& peer : std::exchange(gone_, {})) erase_peer(peer, "its connection is closed");
  if (!parked_.empty() && now_ns_ >= next_retry_ns_) {
    retry_parked();
  }
  if (now_ns_ >= next_tick_ns_) {
    next_tick_ns_ = now_ns_ + limits::kTickMs * kNanosecondsPerMs;
    tick();
  }
  // One for all that a reader opened at a time.
  for (const std::string& peer : std::exchange(early_ticks_, {})) {
    if (peers_.contains(peer)) tick_reader(peer);
  }
}

std::uint64_t ServerMachine::next_turn_ns() const {
  if (!early_ticks_.empty() || !gone_.empty()) return now_ns_;
  return parked_.empty() ? next_tick_ns_ : std::min(next_tick_ns_, next_retry_ns_);
}

void ServerMachine::park(const SessionAddress& address) {
  if (parked_.empty()) {
    next_retry_ns_ = now_ns_ + retry_pause_ms_ * kNanosecondsPerMs;
    retry_pause_ms_ = std::min(2 * retry_pause_ms_, limits::kTickMs);
  }
  parked_.insert(address);
}

void ServerMachine::retry_parked() {
  const std::set<SessionAddress> retried = std::move(parked_);
  parked_.clear();
  for (const SessionAddress& address : retried) {
    const auto session = sessions_.find(address);
    if (session == sessions_.end()) continue;
    session->second.unpark();
    pump(address, session->second);
  }
}

void ServerMachine::room_again() {
  const std::set<SessionAddress> waiting = std::exchange(roomless_, {});
  for (auto next = waiting.begin(); next != waiting.end();) {
    const SessionAddress& address = *next++;
    const auto session = sessions_.find(address);
    if (session == sessions_.end()) continue;
    session->second.unpark();
    pump(address, session->second);
    if (!roomless_.contains(address)) continue;
    // Nor is there room for this reader's other sessions.
    for (; next != waiting.end() && next->peer == address.peer; ++next)
      roomless_.insert(roomless_.end(), *next);
  }
}

void ServerMachine::tick() {
  for (auto peer = peers_.begin(); peer != peers_.end();) {
    const auto current = peer++;
    if (now_ns_ - current->second.heard_ns > limits::kPeerDeadMs * kNanosecondsPerMs)
      erase_peer(current->first, "it fell silent");
  }
  early_ticks_.clear();
  for (const auto& [peer, unused] : peers_) tick_reader(peer);
}

void ServerMachine::tick_reader(const std::string& peer) {
  // The watermark first, the heads after it: then nothing older than the watermark lies behind a head that we
  // name.
  wire::Tick message{port_.watermark(), {}};
  for (auto next = sessions_.lower_bound({peer, 0}); next != sessions_.end() && next->first.peer == peer;) {
    auto& [address, session] = *next++;
    if (!session.is_scan()) {
      if (const auto head = port_.head(session.cursor().shard)) session.advanced(*head);
    }
    if (session.state() == ServerSession::State::kOpening) continue;
    tell_position(address, session);
    message.positions.push_back(session.tick_position());
    if (session.state() == ServerSession::State::kEnded && !session.is_scan()) {
      send_shard_end(address, session);
    } else {
      pump(address, session);
    }
  }
  send(peer, message);
}

void ServerMachine::stop() {
  for (const auto& [peer, unused] : peers_) send(peer, wire::Bye{0, "the region stops"});
}

// --- answers ---

bool ServerMachine::send(const std::string& peer, const wire::Message& message) {
  const SendOutcome outcome = port_.send(peer, wire::encode_message(message));
  // Not erased here: the caller may be walking over its sessions.
  if (outcome == SendOutcome::kGone && peers_.contains(peer)) gone_.insert(peer);
  return outcome == SendOutcome::kTaken;
}

void ServerMachine::refuse(const SessionAddress& address, const Error& error) {
  SequenceNumber oldest;
  const auto session = sessions_.find(address);
  if (error.code == ErrorCode::kTrimmed && session != sessions_.end() && !session->second.is_scan()) {
    const ShardId id = session->second.cursor().shard;
    const storage::TablePointer table = port_.catalog()->find_by_shard(id);
    const storage::ShardDescriptor* shard = table ? table->find_shard(id) : nullptr;
    if (shard != nullptr) oldest = shard->first_sequence;
  }
  refuse(address, reason_of(error.code), error.message, oldest);
}

void ServerMachine::refuse(SessionAddress address, RefusedReason reason, std::string message,
                           SequenceNumber oldest) {
  erase_session(address);
  send(address.peer, wire::Refused{address.session, reason, std::move(message), oldest});
}

}  // namespace gyre::streams
