// SPDX-License-Identifier: Apache-2.0
#include "core/http/host_addresses.h"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gyre::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// A look-up of each name that takes until it is let go. Its threads may outlive the test that began them.
class HeldLookUp {
 public:
  ~HeldLookUp() { let_go(); }

  LookUp function() const {
    return [state = state_](const std::string&) -> Result<std::vector<std::string>> {
      ++state->begun;
      state->open.wait();
      return std::vector<std::string>{"127.0.0.1", "::1"};
    };
  }
  void let_go() {
    if (!std::exchange(is_open_, true)) state_->gate.set_value();
  }
  int begun() const { return state_->begun; }

 private:
  struct State {
    std::promise<void> gate;
    std::shared_future<void> open = gate.get_future().share();
    std::atomic<int> begun = 0;
  };
  const std::shared_ptr<State> state_ = std::make_shared<State>();
  bool is_open_ = false;
};

/// What is asked of one endpoint, on a thread and an io_context of its own.
class HostAddressesTest : public testing::Test {
 protected:
  using Answer = std::optional<HostAddresses::Found>;

  void ask(HostAddresses& addresses, std::chrono::milliseconds patience, Answer& answer) {
    const auto asking = [](HostAddresses& of, std::chrono::milliseconds wait,
                           Answer& to) -> asio::awaitable<void> { to = co_await of.find(wait); };
    asio::co_spawn(io_, asking(addresses, patience, answer), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }

  asio::io_context io_{1};
};

std::string shown(const std::optional<HostAddresses::Found>& answer) {
  if (!answer) return "nothing";
  if (!answer->ok()) return answer->error().message;
  std::string text;
  for (const auto& one : **answer) text += one.address().to_string() + "|" + std::to_string(one.port()) + " ";
  return text;
}

TEST_F(HostAddressesTest, AnAddressIsNotLookedUp) {
  const HeldLookUp held;
  HostAddresses four(io_, {false, "127.0.0.2", "80"}, held.function());
  HostAddresses six(io_, {false, "::1", "80"}, held.function());
  Answer first;
  Answer second;
  ask(four, 1h, first);
  ask(six, 1h, second);
  io_.run();
  EXPECT_EQ(shown(first), "127.0.0.2|80 ");
  EXPECT_EQ(shown(second), "::1|80 ");
  EXPECT_EQ(held.begun(), 0);
}

TEST_F(HostAddressesTest, PatienceEndsALookUpThatHangs) {
  HeldLookUp held;
  HostAddresses addresses(io_, {false, "a-host", "80"}, held.function());
  Answer answer;
  ask(addresses, 1ms, answer);
  io_.run();
  EXPECT_EQ(shown(answer), "its name could not be looked up within 1 ms");
  EXPECT_EQ(answer->error().code, ErrorCode::kUnavailable);
}

TEST_F(HostAddressesTest, AllWhoAskMeanwhileShareOneLookUp) {
  HeldLookUp held;
  HostAddresses addresses(io_, {false, "a-host", "80"}, held.function());
  Answer impatient;
  ask(addresses, 1ms, impatient);
  io_.run();
  std::vector<Answer> answers(3);
  for (Answer& answer : answers) ask(addresses, 1h, answer);
  asio::post(io_, [&] { held.let_go(); });
  io_.restart();
  io_.run();
  for (const Answer& answer : answers) EXPECT_EQ(shown(answer), "127.0.0.1|80 ::1|80 ");
  EXPECT_EQ(held.begun(), 1);
  ask(addresses, 1h, answers.front());
  io_.restart();
  io_.run();
  EXPECT_EQ(held.begun(), 2) << "what was found is not kept";
}

TEST_F(HostAddressesTest, ALookUpMayOutliveAllWhoWaitForIt) {
  HeldLookUp held;
  Answer answer;
  {
    asio::io_context io(1);
    HostAddresses addresses(io, {false, "a-host", "80"}, held.function());
    const auto asking = [](HostAddresses& of, Answer& to) -> asio::awaitable<void> {
      to = co_await of.find(1h);
    };
    asio::co_spawn(io, asking(addresses, answer), [](const std::exception_ptr&) {});
    io.poll();
  }
  held.let_go();
  EXPECT_EQ(shown(answer), "nothing");
}

TEST_F(HostAddressesTest, WhatCannotBeFoundIsSaid) {
  const auto answers = [&](Endpoint endpoint, Result<std::vector<std::string>> found) {
    HostAddresses addresses(io_, std::move(endpoint), [found](const std::string&) { return found; });
    Answer answer;
    ask(addresses, 1h, answer);
    io_.restart();
    io_.run();
    return shown(answer);
  };
  EXPECT_EQ(answers({false, "a-host", "80"}, Error(ErrorCode::kUnavailable, "no such name")), "no such name");
  EXPECT_EQ(answers({false, "a-host", "80"}, std::vector<std::string>{}), "its name has no address");
  EXPECT_EQ(answers({false, "127.0.0.1", "65536"}, std::vector<std::string>{}), "'65536' is no port");
  EXPECT_EQ(answers({false, "127.0.0.1", "8x"}, std::vector<std::string>{}), "'8x' is no port");
}

TEST(LookUpBySystem, KnowsThisMachine) {
  const auto found = look_up_by_system("localhost");
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_FALSE(found->empty());
}

}  // namespace
}  // namespace gyre::http
