// SPDX-License-Identifier: Apache-2.0
// On which thread a body is parsed, and its operation begun.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/http/compression.h"
#include "core/http/testing/test_server.h"

namespace gyre::http {
namespace {

constexpr std::size_t kMegabyte = 1024 * 1024;

/// An object of one member, of so many bytes.
std::string body_of(std::size_t bytes) {
  const std::string empty = R"({"Text":""})";
  return R"({"Text":")" + std::string(bytes - empty.size(), 'x') + R"("})";
}

class LargeBodies : public ServerTest {
 protected:
  static constexpr std::string_view kTarget = "DynamoDB_20120810.Thread";

  LargeBodies() {
    auto operation = std::make_unique<ThreadOperation>();
    operation_ = operation.get();
    router_.add(std::string(kTarget), std::move(operation));
    options_.io_threads = 1;
    options_.body_bytes_max = 0;  // room for one of 16 MB
  }

  void expect_last_on_its_own_thread(bool own) {
    ASSERT_FALSE(operation_->threads().empty());
    EXPECT_EQ(operation_->threads().back() == large_bodies_.id(), own);
  }

  std::unique_ptr<RawClient> connect(std::string_view bytes) {
    if (!server_) serve();
    auto client = std::make_unique<RawClient>(server_->port());
    EXPECT_TRUE(client->send(bytes));
    return client;
  }

  ThreadOperation* operation_ = nullptr;
};

TEST_F(LargeBodies, LeaveTheThreadOfTheirConnection) {
  for (const std::size_t bytes : {std::size_t{100}, limits::kInlineBodyBytesMax}) {
    EXPECT_EQ(exchange(post(body_of(bytes), kTarget)).body, R"({"Members":1})");
    expect_last_on_its_own_thread(false);
  }
  for (const std::size_t bytes : {limits::kInlineBodyBytesMax + 1, limits::kHttpBodyBytesMax}) {
    EXPECT_EQ(exchange(post(body_of(bytes), kTarget)).body, R"({"Members":1})");
    expect_last_on_its_own_thread(true);
  }
}

TEST_F(LargeBodies, AreThoseThatInflateToSuch) {
  const auto send = [&](std::size_t bytes) {
    const std::string zipped = compress(body_of(bytes), ContentCoding::kGzip);
    EXPECT_LT(zipped.size(), limits::kInlineBodyBytesMax / 10);
    return exchange(post(zipped, kTarget, with_auth("Content-Encoding: gzip\r\n")));
  };
  EXPECT_EQ(send(limits::kInlineBodyBytesMax).status, 200);
  expect_last_on_its_own_thread(false);
  EXPECT_EQ(send(limits::kInlineBodyBytesMax + 1).status, 200);
  expect_last_on_its_own_thread(true);
}

TEST_F(LargeBodies, DoNotHoldUpOthers) {
  large_bodies_.hold(true);
  const auto large = connect(post(body_of(kMegabyte), kTarget));
  large_bodies_.wait_for(1);
  EXPECT_EQ(exchange(post("{}", kTarget)).status, 200);
  EXPECT_FALSE(large->has_data());
  large_bodies_.hold(false);
  EXPECT_EQ(large->receive().body, R"({"Members":1})");
  EXPECT_TRUE(large->send(post("{}", kTarget))) << "the connection goes on";
  EXPECT_EQ(large->receive().body, R"({"Members":0})");
}

TEST_F(LargeBodies, KeepTheirRoomUntilTheyAreParsed) {
  large_bodies_.hold(true);
  const auto first = connect(post(body_of(15 * kMegabyte), kTarget));
  large_bodies_.wait_for(1);
  const std::string body = body_of(2 * kMegabyte);
  const std::string request = post(body, kTarget, with_auth("Expect: 100-continue\r\n"));
  const auto second = connect(request.substr(0, request.size() - body.size()));
  EXPECT_EQ(exchange(post("{}", kTarget)).status, 200);
  EXPECT_FALSE(second->has_data()) << "it may not send its body yet";
  large_bodies_.hold(false);
  EXPECT_EQ(first->receive().status, 200);
  EXPECT_EQ(second->receive().status, 100);
  EXPECT_TRUE(second->send(body));
  EXPECT_EQ(second->receive().status, 200);
}

TEST_F(LargeBodies, OfAClientThatLeftGiveTheirRoomBack) {
  for (int i = 0; i < 3; ++i) {
    large_bodies_.hold(true);
    connect(post(body_of(15 * kMegabyte), kTarget))->close();
    large_bodies_.wait_for(1);
    large_bodies_.hold(false);
    EXPECT_EQ(exchange(post(body_of(15 * kMegabyte), kTarget)).status, 200);
  }
}

TEST_F(LargeBodies, AreAnsweredWhenALaterThreadAnswers) {
  const auto client = connect(post(body_of(kMegabyte), "DynamoDB_20120810.Deferred"));
  deferred_->wait_for(1);
  deferred_->answer_all();
  EXPECT_EQ(client->receive().body, R"({"Late":true})");
}

TEST_F(LargeBodies, WaitForTheRoomOfTheirReplyFirst) {
  options_.reply_bytes_max = 0;  // room for one of 16 MB
  router_.add("DynamoDB_20120810.Page", std::make_unique<EchoOperation>(), {15 * kMegabyte, true});
  const auto first = connect(post(R"({"Size":15000000})", "DynamoDB_20120810.Page"));
  first->wait_for_data();
  const auto second = connect(post(body_of(kMegabyte), "DynamoDB_20120810.Page"));
  EXPECT_EQ(exchange(post("{}", kTarget)).status, 200);
  EXPECT_FALSE(second->has_data());
  EXPECT_EQ(first->receive().body.size(), 15'000'000u);
  EXPECT_EQ(second->receive().status, 200);
}

TEST_F(LargeBodies, AreRefusedWhenTooManyAreUnderWay) {
  large_bodies_.refuse_all();
  const auto client = connect(post(body_of(15 * kMegabyte), kTarget));
  const auto reply = client->receive();
  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(reply.body.find("ThrottlingException") != std::string::npos) << reply.body;
  EXPECT_TRUE(client->send(post(body_of(15 * kMegabyte), kTarget))) << "its room was given back";
  EXPECT_EQ(client->receive().status, 400);
  EXPECT_TRUE(operation_->threads().empty());
}

TEST_F(LargeBodies, AreRefusedInTheOrderOfSmallOnes) {
  const std::string unsigned_headers = "X-Nothing: 1\r\n";
  const std::string targets[] = {"", "DynamoDB_20120810.Nothing", "DynamoDB_20120810.CreateBackup",
                                 std::string(kTarget)};
  for (const std::string& target : targets) {
    for (const std::string& headers : {std::string(kAuthorization), unsigned_headers}) {
      for (const auto& [begin, end] : {std::pair("{", ""), std::pair("[", "]"), std::pair("{\"A\":1", "}")}) {
        const auto small = exchange(post(std::string(begin) + end, target, headers));
        const auto large = exchange(post(begin + std::string(kMegabyte, ' ') + end, target, headers));
        EXPECT_EQ(large.status, small.status) << target << headers << begin;
        EXPECT_EQ(large.body, small.body);
        EXPECT_EQ(large.headers.at("content-type"), small.headers.at("content-type"));
      }
    }
  }
}

TEST_F(LargeBodies, UnderWayWhenTheServerStopsAreDropped) {
  options_.stop_grace_ms = 20;
  large_bodies_.hold(true);
  const auto client = connect(post(body_of(kMegabyte), kTarget));
  large_bodies_.wait_for(1);
  server_->stop();
  EXPECT_TRUE(client->ended());
  large_bodies_.hold(false);
  large_bodies_.wait_for_all();
  EXPECT_TRUE(operation_->threads().empty());
}

}  // namespace
}  // namespace gyre::http
