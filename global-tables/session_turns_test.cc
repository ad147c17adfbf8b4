// SPDX-License-Identifier: Apache-2.0
#include "global-tables/session_turns.h"

#include <gtest/gtest.h>

namespace gyre::global_tables {
namespace {

using Keys = std::vector<streams::SessionKey>;

streams::OpenSession session_of(streams::SessionKey key) {
  streams::OpenSession open;
  open.key = key;
  return open;
}

TEST(SessionTurns, WhatIsTooMuchWaitsInOrderUntilOneIsGivenUp) {
  SessionTurns turns(2);
  EXPECT_TRUE(turns.open(session_of(1)));
  EXPECT_TRUE(turns.open(session_of(2)));
  EXPECT_FALSE(turns.open(session_of(3)));
  EXPECT_FALSE(turns.open(session_of(4)));
  EXPECT_FALSE(turns.next());
  EXPECT_TRUE(turns.close(1));
  EXPECT_FALSE(turns.open(session_of(5))) << "3 came first";
  EXPECT_EQ(turns.next()->key, 3U);
  EXPECT_FALSE(turns.next());
  EXPECT_EQ(turns.open_count(), 2U);
}

TEST(SessionTurns, OfWhatWasNeverOpenedThePeerKnowsNothing) {
  SessionTurns turns(1);
  turns.open(session_of(1));
  turns.open(session_of(2));
  EXPECT_FALSE(turns.close(2));
  EXPECT_FALSE(turns.somebody_waits());
  EXPECT_TRUE(turns.close(1));
  EXPECT_FALSE(turns.close(1));
}

TEST(SessionTurns, AllAreAskedInTurn) {
  SessionTurns turns(3);
  EXPECT_EQ(turns.candidates(2), Keys());
  for (const streams::SessionKey key : {1, 2, 3}) turns.open(session_of(key));
  EXPECT_EQ(turns.candidates(2), (Keys{1, 2}));
  EXPECT_EQ(turns.candidates(2), (Keys{3, 1}));
  turns.close(2);
  EXPECT_EQ(turns.candidates(9), (Keys{3, 1}));
}

}  // namespace
}  // namespace gyre::global_tables
