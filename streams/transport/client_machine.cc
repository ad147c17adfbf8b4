// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/client_machine.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "core/base/duration.h"
#include "core/base/limits.h"
#include "core/base/log.h"

namespace gyre::streams {
namespace {}  // namespace

// --- what the owner asks for ---

ClientMachine::SessionNumber ClientMachine::open(SessionOptions options, SessionHandler* handler) {
  const SessionNumber number = ++last_session_;
  ClientSession& session = sessions_.try_emplace(number, number, std::move(options), handler).first->second;
  if (connected()) reopen(session);
  return number;
}

void ClientMachine::close(SessionNumber session) {
  if (sessions_.erase(session) != 0 && connected()) send(wire::Bye{session, "closed"});
}

void ClientMachine::consumed(SessionNumber number, std::uint64_t records, std::uint64_t bytes) {
  ClientSession* session = find(number);
  if (session == nullptr) return;
  session->consumed(records, bytes);
  if (session->credit_due()) send_credit(*session);
}

void ClientMachine::ack(SessionNumber number, ConsumerAck ack) {
  ClientSession* session = find(number);
  if (session == nullptr) return;
  session->add_ack(std::move(ack));
  if (session->pending_acks().size() == 1) send_next_ack(number);
}

void ClientMachine::stop() {
  if (connected()) send(wire::Bye{0, "the reader stops"});
}

// --- frames ---

bool ClientMachine::receive(std::string_view frame, storage::RecordList::Memory memory,
                            std::uint64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  Result<wire::Message> message = wire::decode_message(frame, std::move(memory));
  if (!message.ok()) {
    log_warning(region_lines_, "stream client {}: {}", reader_id_, message.error().message);
    return false;
  }
  heard_ns_ = now_ns_;
  std::visit([&](auto& one) { on(one); }, *message);
  return true;
}

void ClientMachine::on(const wire::Welcome& message) {
  if (state_ != State::kHello) return;
  if (message.version != wire::kProtocolVersion) {
    log_warning(region_lines_, "stream client {}: the region answers with version {}", reader_id_,
                message.version);
    return disconnect();
  }
  state_ = State::kConnected;
  region_ = message.region;
  pause_ms_ = 0;
  next_tick_ns_ = now_ns_ + limits::kTickMs * kNanosecondsPerMs;
  for (auto& [number, session] : sessions_) reopen(session);
}

void ClientMachine::on(const wire::Opened& message) {
  ClientSession* session = find(message.session);
  if (session == nullptr) return;
  const ClientSession::Verdict verdict = session->judge(message);
  if (verdict == ClientSession::Verdict::kBroken) return broken("an answer to Open beyond all bounds");
  if (verdict != ClientSession::Verdict::kTake) return;
  const bool first = session->opened(message);
  SessionHandler* const handler = session->handler();
  if (session->lists_shards()) {
    sessions_.erase(message.session);
  } else {
    send_credit(*session);
  }
  if (first) {
    Opened opened;
    opened.epoch = message.epoch;
    opened.shards = message.shards;
    opened.key_names = message.key_names;
    opened.consumer_state = message.state;
    opened.consumer_checkpoint = message.checkpoint;
    opened.position = message.position;
    return handler->on_opened(opened);
  }
  for (const auto& [sequence, outcome] : session->settle_acks(message.checkpoint)) {
    handler->on_acked(sequence, outcome);
  }
  send_next_ack(message.session);
}

void ClientMachine::on(const wire::Refused& message) {
  if (message.session == 0) {
    log_warning(region_lines_, "stream client {}: refused: {}", reader_id_, message.message);
    if (message.reason == RefusedReason::kBusy) return disconnect();
    if (message.reason != RefusedReason::kVersion) return;
    // No session will ever be served.
    std::map<SessionNumber, ClientSession> refused = std::move(sessions_);
    sessions_.clear();
    disconnect();
    for (auto& [number, session] : refused)
      session.handler()->on_refused(message.reason, message.message, {});
    return;
  }
  ClientSession* session = find(message.session);
  if (session == nullptr) return;
  SessionHandler* const handler = session->handler();
  sessions_.erase(message.session);
  handler->on_refused(message.reason, message.message, message.oldest);
}

void ClientMachine::on(wire::Batch& message) {
  ClientSession* session = find(message.session);
  if (session == nullptr) return;
  const ClientSession::Verdict verdict = session->judge(message);
  if (verdict == ClientSession::Verdict::kDrop) return;
  if (verdict == ClientSession::Verdict::kReopen) return reopen(*session);
  if (verdict == ClientSession::Verdict::kBroken) return broken("a batch that it had no credit for");
  session->batch(message);
  if (session->credit_due()) send_credit(*session);
  SessionHandler* const handler = session->handler();
  RecordBatch batch;
  batch.scanned_through = session->cursor();
  batch.records = std::move(message.records);
  batch.head_ordinal = message.head_ordinal;
  batch.watermark = message.watermark;
  batch.scan_position = std::move(message.scan_position);
  batch.scan_end = message.scan_end;
  if (batch.scan_end) close(message.session);
  handler->on_batch(std::move(batch));
}

void ClientMachine::on(const wire::ShardEnd& message) {
  ClientSession* session = find(message.session);
  if (session == nullptr) {
    // Our goodbye was lost.
    send(wire::Bye{message.session, "closed"});
    return;
  }
  const ClientSession::Verdict verdict = session->judge(message);
  if (verdict == ClientSession::Verdict::kDrop) return;
  if (verdict == ClientSession::Verdict::kReopen) return reopen(*session);
  if (verdict == ClientSession::Verdict::kBroken) return broken("a shard with too many children");
  const bool first = session->ended();
  SessionHandler* const handler = session->handler();
  if (!session->is_consumer()) close(message.session);
  if (first) handler->on_shard_end(message.children);
}

void ClientMachine::on(const wire::Tick& message) {
  if (!connected()) return;
  // We opened few of them; each of the others costs an answer.
  if (message.positions.size() > limits::kStreamSessionsMax) return broken("a tick beyond all bounds");
  std::set<SessionNumber> named;
  std::vector<std::pair<SessionNumber, Ordinal>> told;
  for (const wire::Position& position : message.positions) {
    named.insert(position.session);
    ClientSession* session = find(position.session);
    if (session == nullptr) {
      send(wire::Bye{position.session, "closed"});
      continue;
    }
    const ClientSession::Verdict verdict = session->judge(position);
    if (verdict == ClientSession::Verdict::kReopen) reopen(*session);
    if (verdict == ClientSession::Verdict::kTake) told.emplace_back(position.session, position.head);
  }
  for (auto& [number, session] : sessions_) {
    const bool open =
        session.state() == ClientSession::State::kOpen || session.state() == ClientSession::State::kEnded;
    if (open && !named.contains(number)) reopen(session);
  }
  for (const auto& [number, head] : told) {
    ClientSession* session = find(number);  // a handler before may have closed it
    if (session != nullptr) session->handler()->on_tick(message.watermark, session->chain(), head);
  }
}

void ClientMachine::on(const wire::Acked& message) {
  ClientSession* session = find(message.session);
  if (session == nullptr || session->nonce() != message.nonce || session->pending_acks().empty()) return;
  const ClientSession::PendingAck& first = session->pending_acks().front();
  if (first.number != message.number) return;
  const SequenceNumber sequence = first.progress.accepted_through.sequence;
  session->pending_acks().pop_front();
  send_next_ack(message.session);
  session->handler()->on_acked(sequence, message.outcome);
}

void ClientMachine::on(const wire::Bye& message) {
  if (message.session == 0) return disconnect();
  if (ClientSession* session = find(message.session)) reopen(*session);
}

// --- sessions ---

ClientSession* ClientMachine::find(SessionNumber number) {
  const auto found = sessions_.find(number);
  return found == sessions_.end() ? nullptr : &found->second;
}

void ClientMachine::reopen(ClientSession& session) {
  session.reopen();
  send_open(session);
}

void ClientMachine::send_open(ClientSession& session) {
  if (!send(session.open_message())) {
    session.open_due_ns = now_ns_ + limits::kStreamRetryMs * kNanosecondsPerMs;
  } else {
    session.open_due_ns = now_ns_ + session.open_wait_ms * kNanosecondsPerMs;
    session.open_wait_ms = std::min(2 * session.open_wait_ms, limits::kPeerDeadMs);
  }
  next_turn_ns_ = std::min(next_turn_ns_, session.open_due_ns);
}

bool ClientMachine::send_credit(ClientSession& session) {
  // A lost one is repeated by the next tick.
  if (!send(session.credit())) return false;
  session.credit_sent();
  return true;
}

void ClientMachine::send_next_ack(SessionNumber number) {
  ClientSession* session = find(number);
  if (session == nullptr || session->nonce() == 0 || session->pending_acks().empty()) return;
  ClientSession::PendingAck& first = session->pending_acks().front();
  std::string frame = wire::encode_message(session->ack_message(first));
  if (frame.size() > limits::kStreamRequestBytesMax) {
    const SequenceNumber sequence = first.progress.accepted_through.sequence;
    session->pending_acks().pop_front();
    session->handler()->on_acked(sequence, Error::validation("the ack is larger than one message may be"));
    return send_next_ack(number);
  }
  if (port_.send(std::move(frame))) first.sent_ns = std::max<std::uint64_t>(now_ns_, 1);
}

// --- time ---

void ClientMachine::disconnect(bool pause) {
  state_ = State::kPausing;
  for (auto& [number, session] : sessions_) session.disconnected();
  if (!pause) {
    next_connect_ns_ = now_ns_;
    return;
  }
  pause_ms_ = std::clamp(2 * pause_ms_, limits::kReconnectPauseMinMs, limits::kReconnectPauseMaxMs);
  const std::uint64_t jittered_ms = pause_ms_ / 2 + random_.below(pause_ms_);
  next_connect_ns_ = now_ns_ + jittered_ms * kNanosecondsPerMs;
  next_turn_ns_ = std::min(next_turn_ns_, next_connect_ns_);
}

void ClientMachine::broken(std::string_view what) {
  log_warning(region_lines_, "stream client {}: the region breaks the protocol: {}", reader_id_, what);
  disconnect();
}

void ClientMachine::turn(std::uint64_t now_ns) {
  now_ns_ = std::max(now_ns_, now_ns);
  if (state_ != State::kPausing && now_ns_ - heard_ns_ > limits::kPeerDeadMs * kNanosecondsPerMs)
    disconnect(/*pause=*/false);
  if (state_ == State::kPausing) {
    if (now_ns_ < next_connect_ns_) {
      next_turn_ns_ = next_connect_ns_;
      return;
    }
    port_.reconnect();
    state_ = State::kHello;
    heard_ns_ = now_ns_;
    hello_ns_ = now_ns_;
  }
  if (state_ == State::kHello) {
    if (now_ns_ >= hello_ns_) {
      const bool sent = send(wire::Hello{wire::kProtocolVersion, wire::kProtocolVersion, reader_id_});
      hello_ns_ = now_ns_ + (sent ? limits::kStreamAnswerWaitMs : limits::kStreamRetryMs) * kNanosecondsPerMs;
    }
    next_turn_ns_ = hello_ns_;
    return;
  }
  if (now_ns_ >= next_tick_ns_) {
    next_tick_ns_ = now_ns_ + limits::kTickMs * kNanosecondsPerMs;
    send_tick();
  }
  next_turn_ns_ = next_tick_ns_;
  for (auto& [number, session] : sessions_) {
    if (session.state() != ClientSession::State::kOpening) continue;
    if (now_ns_ >= session.open_due_ns) send_open(session);
    next_turn_ns_ = std::min(next_turn_ns_, session.open_due_ns);
  }
}

void ClientMachine::send_tick() {
  wire::Tick message;
  std::vector<SessionNumber> unanswered;
  for (auto& [number, session] : sessions_) {
    if (session.nonce() == 0) continue;
    const wire::Credit credit = session.credit();
    message.positions.push_back(
        {number, session.nonce(), session.chain(), {}, credit.records_total, credit.bytes_total});
    session.credit_sent();
    if (session.pending_acks().empty()) continue;
    const std::uint64_t sent_ns = session.pending_acks().front().sent_ns;
    if (now_ns_ - sent_ns >= limits::kTickMs * kNanosecondsPerMs) unanswered.push_back(number);
  }
  send(message);
  for (const SessionNumber number : unanswered) send_next_ack(number);
}

}  // namespace gyre::streams
