// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "streams/reading/session_message.h"

namespace gyre::streams {

/// Carries the sessions of machines to a StreamClient, and what the region says on them back. No more than a
/// map of keys: all rules are in the machines. One thread, the client's.
class ClientSessions {
 public:
  using Take = std::function<void(SessionKey, SessionMessage)>;

  /// `client` outlives this. `take` is called within StreamClient::poll, and must not call perform().
  ClientSessions(StreamClient& client, Take take);
  /// Closes what is open.
  ~ClientSessions();
  /// The client goes first, and its sessions with it: nothing is closed any more. No other call follows.
  void forget_client() { client_ = nullptr; }
  ClientSessions(const ClientSessions&) = delete;
  ClientSessions& operator=(const ClientSessions&) = delete;

  void perform(OpenSession command);
  // Keys that are not open are ignored.
  void perform(CloseSession command);
  void perform(GiveCredit command);
  void perform(SendAck command);

 private:
  class Session;

  StreamClient* client_;  // nullptr: gone
  const Take take_;
  std::map<SessionKey, std::unique_ptr<Session>> sessions_;
  bool taking_ = false;  // a session is on the stack
};

}  // namespace gyre::streams
