// SPDX-License-Identifier: Apache-2.0
#include "streams/reading/client_sessions.h"

#include <utility>

#include "core/base/check.h"

namespace gyre::streams {

class ClientSessions::Session final : public SessionHandler {
 public:
  Session(ClientSessions& owner, SessionKey key) : owner_(owner), key_(key) {}

  void on_opened(const Opened& opened) override { take(opened); }
  void on_batch(RecordBatch batch) override { take(std::move(batch)); }
  void on_shard_end(const std::vector<ShardId>& children) override { take(ShardEnd{children}); }
  void on_refused(RefusedReason reason, const std::string& message, SequenceNumber oldest) override {
    take(Refusal{reason, message, oldest});
  }
  void on_tick(HybridTime watermark, Ordinal scanned_through, Ordinal head) override {
    take(Heard{watermark, scanned_through, head});
  }
  void on_acked(SequenceNumber sequence, const Status& status) override { take(AckAnswer{sequence, status}); }

  StreamClient::SessionNumber number = 0;

 private:
  void take(SessionMessage message) {
    owner_.taking_ = true;
    owner_.take_(key_, std::move(message));
    owner_.taking_ = false;
  }

  ClientSessions& owner_;
  const SessionKey key_;
};

ClientSessions::ClientSessions(StreamClient& client, Take take) : client_(&client), take_(std::move(take)) {}

ClientSessions::~ClientSessions() {
  if (client_ == nullptr) return;
  for (const auto& [key, session] : sessions_) client_->close(session->number);
}

void ClientSessions::perform(OpenSession command) {
  CHECK(!taking_ && client_ != nullptr);
  const auto [at, added] = sessions_.try_emplace(command.key);
  CHECK(added);
  at->second = std::make_unique<Session>(*this, command.key);
  at->second->number = client_->open(std::move(command.options), at->second.get());
}

void ClientSessions::perform(CloseSession command) {
  CHECK(!taking_);
  const auto at = sessions_.find(command.key);
  if (at == sessions_.end()) return;
  client_->close(at->second->number);
  sessions_.erase(at);
}

void ClientSessions::perform(GiveCredit command) {
  CHECK(!taking_);
  const auto at = sessions_.find(command.key);
  if (at != sessions_.end()) client_->consumed(at->second->number, command.records, command.bytes);
}

void ClientSessions::perform(SendAck command) {
  CHECK(!taking_);
  const auto at = sessions_.find(command.key);
  if (at != sessions_.end()) client_->ack(at->second->number, std::move(command.ack));
}

}  // namespace gyre::streams
