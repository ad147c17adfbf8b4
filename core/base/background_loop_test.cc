// SPDX-License-Identifier: Apache-2.0
#include "core/base/background_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace gyre {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

TEST(BackgroundLoop, GoesOnAtOnceWhileThereIsMoreAndThenRests) {
  std::atomic<int> rounds = 0;
  std::promise<void> rested;
  BackgroundLoop loop(
      [&] {
        if (++rounds < 5) return true;
        if (rounds == 5) rested.set_value();
        return false;
      },
      hours(1));
  loop.start();
  rested.get_future().wait();
  loop.stop();
  loop.stop();
  EXPECT_EQ(rounds, 5);
}

TEST(BackgroundLoop, AWakeUpDuringARoundIsNotLost) {
  std::atomic<int> rounds = 0;
  std::promise<void> in_first;
  std::promise<void> may_end;
  std::promise<void> second;
  BackgroundLoop loop(
      [&] {
        if (++rounds == 1) {
          in_first.set_value();
          may_end.get_future().wait();
        } else if (rounds == 2) {
          second.set_value();
        }
        return false;
      },
      hours(1));
  loop.start();
  in_first.get_future().wait();
  loop.wake();
  may_end.set_value();
  second.get_future().wait();
}

TEST(BackgroundLoop, ARestEndsAfterItsPause) {
  std::atomic<int> rounds = 0;
  BackgroundLoop loop([&] { return ++rounds, false; }, milliseconds(1));
  loop.start();
  while (rounds < 3) std::this_thread::yield();
}

TEST(BackgroundLoop, WhatWasNeverStartedMayBeStopped) {
  BackgroundLoop([] { return true; }, hours(1)).stop();
}

}  // namespace
}  // namespace gyre
