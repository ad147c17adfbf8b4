// SPDX-License-Identifier: Apache-2.0
#include "core/http/origins.h"

#include <gtest/gtest.h>

namespace gyre::http {
namespace {

const Origins& origins() {
  static const Origins made({"https://console.example:8443"}, "db.example");
  return made;
}

TEST(Origins, APageOfThisServerIsAllowed) {
  EXPECT_TRUE(origins().allows("http://127.0.0.1:8000", "127.0.0.1:8000"));
  EXPECT_TRUE(origins().allows("http://[::1]:8000", "[::1]:8000"));
  EXPECT_TRUE(origins().allows("http://LocalHost:8000", "localhost:8000"));
  EXPECT_TRUE(origins().allows("https://db.example", "db.example"));
}

TEST(Origins, AnotherPortOrHostIsAnotherOrigin) {
  EXPECT_FALSE(origins().allows("http://127.0.0.1:3000", "127.0.0.1:8000"));
  EXPECT_FALSE(origins().allows("http://localhost:8000", "127.0.0.1:8000"));
  EXPECT_FALSE(origins().allows("http://evil.example", "127.0.0.1:8000"));
  EXPECT_FALSE(origins().allows("null", "127.0.0.1:8000"));
  EXPECT_FALSE(origins().allows("http://", ""));
}

TEST(Origins, AnOutsidersNameThatLeadsHereIsNotOurs) {
  EXPECT_FALSE(origins().allows("http://evil.example:8000", "evil.example:8000"));
  EXPECT_FALSE(origins().allows("http://127.0.0.1.evil.example:8000", "127.0.0.1.evil.example:8000"));
  EXPECT_FALSE(origins().allows("http://localhost.evil.example", "localhost.evil.example"));
}

TEST(Origins, AnOriginMayBeAllowedByName) {
  EXPECT_TRUE(origins().allows("https://console.example:8443", "127.0.0.1:8000"));
  EXPECT_FALSE(origins().allows("http://console.example:8443", "127.0.0.1:8000"));
  EXPECT_FALSE(origins().allows("https://console.example", "127.0.0.1:8000"));
}

}  // namespace
}  // namespace gyre::http
