// SPDX-License-Identifier: Apache-2.0
#include "streams/reading/client_sessions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gyre::streams {
namespace {

using ::testing::ElementsAre;

/// Hands out session numbers from 100 on and notes what is asked of it.
class NotingClient final : public StreamClient {
 public:
  SessionNumber open(SessionOptions, SessionHandler* handler) override {
    handlers.push_back(handler);
    return 99 + handlers.size();
  }
  void close(SessionNumber session) override { closed.push_back(session); }
  void consumed(SessionNumber session, std::uint64_t records, std::uint64_t) override {
    credit.emplace_back(session, records);
  }
  void ack(SessionNumber session, ConsumerAck) override { acked.push_back(session); }
  void poll(int) override {}
  void wake() override {}
  bool connected() const override { return true; }
  std::uint64_t heard_ns() const override { return 0; }
  std::string region() const override { return "here"; }

  std::vector<SessionHandler*> handlers;
  std::vector<SessionNumber> closed, acked;
  std::vector<std::pair<SessionNumber, std::uint64_t>> credit;
};

TEST(ClientSessions, CarriesCommandsAndMessagesBetweenKeysAndNumbers) {
  NotingClient client;
  std::vector<std::pair<SessionKey, std::size_t>> taken;
  ClientSessions sessions(
      client, [&](SessionKey key, SessionMessage message) { taken.emplace_back(key, message.index()); });
  sessions.perform(OpenSession{7, {}});
  sessions.perform(OpenSession{9, {}});
  sessions.perform(GiveCredit{9, 3, 30});
  sessions.perform(SendAck{7, {}});
  EXPECT_THAT(client.credit, ElementsAre(std::pair(101U, 3U)));
  EXPECT_THAT(client.acked, ElementsAre(100U));
  client.handlers[1]->on_opened({});
  client.handlers[0]->on_batch({});
  client.handlers[0]->on_shard_end({});
  client.handlers[1]->on_refused(RefusedReason::kBusy, "busy", {});
  client.handlers[1]->on_tick(1, {}, {});
  client.handlers[0]->on_acked({}, {});
  EXPECT_THAT(taken, ElementsAre(std::pair(9U, 0U), std::pair(7U, 1U), std::pair(7U, 2U), std::pair(9U, 3U),
                                 std::pair(9U, 4U), std::pair(7U, 5U)));
}

TEST(ClientSessions, WhatIsNotOpenIsIgnoredAndTheRestIsClosedInTheEnd) {
  NotingClient client;
  {
    ClientSessions sessions(client, [](SessionKey, const SessionMessage&) {});
    sessions.perform(OpenSession{1, {}});
    sessions.perform(OpenSession{2, {}});
    sessions.perform(CloseSession{1});
    sessions.perform(CloseSession{1});
    sessions.perform(GiveCredit{1, 1, 1});
    EXPECT_THAT(client.closed, ElementsAre(100U));
    EXPECT_TRUE(client.credit.empty());
  }
  EXPECT_THAT(client.closed, ElementsAre(100U, 101U));
}

TEST(ClientSessions, AClientThatGoesFirstIsToldNothing) {
  NotingClient client;
  {
    ClientSessions sessions(client, [](SessionKey, const SessionMessage&) {});
    sessions.perform(OpenSession{1, {}});
    sessions.forget_client();
  }
  EXPECT_TRUE(client.closed.empty());
}

}  // namespace
}  // namespace gyre::streams
