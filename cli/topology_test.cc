// SPDX-License-Identifier: Apache-2.0
#include "cli/topology.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace gyre::cli {
namespace {

constexpr const char* kTwoRegions = R"(
[[region]]
name = "a"
http = "127.0.0.1:8000"
stream = "tcp://127.0.0.1:9000"
[[region]]
name = "b"
http = "127.0.0.1:8001"
stream = "tcp://127.0.0.1:9001"
clock_skew_ms = -250
)";

std::string message_of(const std::string& more) {
  const auto topology = parse_topology(kTwoRegions + more, "file.toml");
  return topology.ok() ? "accepted" : topology.error().message;
}

TEST(Topology, ReadsRegionsLinksAndConsumers) {
  const auto topology = parse_topology(std::string(kTwoRegions) + R"(
[[link]]
between = ["a", "b"]
latency_ms = 40
[[link]]
from = "b"
to = "a"
cut = true
[[consumer]]
name = "counter"
region = "b"
table = "cities"
library = "counter.so"
)",
                                       "file.toml");
  ASSERT_TRUE(topology.ok()) << topology.error().message;
  ASSERT_EQ(topology->regions.size(), 2U);
  EXPECT_EQ(topology->find(RegionId("b"))->settings.clock_skew_ms, -250);
  EXPECT_EQ(topology->link(RegionId("a"), RegionId("b")).latency_ms, 40U);
  EXPECT_EQ(topology->link(RegionId("b"), RegionId("a")).latency_ms, 40U)
      << "the first that names the link counts";
  EXPECT_EQ(topology->consumers.at(0).table, "cities");
}

TEST(Topology, ARegionWithACertificateIsCalledByHttps) {
  const auto once =
      parse_topology(std::string(kTwoRegions) + "tls_certificate=\"b.crt\"\ntls_key=\"/k/b.key\"\n", "f");
  ASSERT_TRUE(once.ok()) << once.error().message;
  for (const auto& topology : {*once, *parse_topology(format_topology(*once), "f")}) {
    EXPECT_EQ(topology.find(RegionId("a"))->http_url(), "http://127.0.0.1:8000");
    const RegionEntry& encrypted = *topology.find(RegionId("b"));
    EXPECT_EQ(encrypted.http_url(), "https://127.0.0.1:8001");
    EXPECT_EQ(encrypted.settings.tls_certificate, std::filesystem::current_path() / "b.crt");
    EXPECT_EQ(encrypted.settings.tls_key, "/k/b.key");
    EXPECT_EQ(encrypted.trust.certificate, encrypted.settings.tls_certificate);
  }
  EXPECT_NE(message_of("tls_key = \"b.key\"").find("go together"), std::string::npos);
}

TEST(Topology, ARegionMayAnswerErrorsInTheOlderStyle) {
  const auto once = parse_topology(std::string(kTwoRegions) + "error_style=\"aggregated\"\n", "f");
  ASSERT_TRUE(once.ok()) << once.error().message;
  for (const auto& topology : {*once, *parse_topology(format_topology(*once), "f")}) {
    EXPECT_EQ(topology.find(RegionId("a"))->settings.error_style, "current");
    EXPECT_EQ(topology.find(RegionId("b"))->settings.error_style, "aggregated");
  }
  EXPECT_NE(message_of("error_style = \"loud\"").find("must be \"current\" or"), std::string::npos);
}

TEST(Topology, WhatItWritesItReadsAgain) {
  const auto once = parse_topology(
      std::string(kTwoRegions) + "[[link]]\nbetween=[\"a\",\"b\"]\nloss=0.25\njitter_ms=3\n", "f");
  ASSERT_TRUE(once.ok());
  const std::string text = format_topology(*once);
  const auto twice = parse_topology(text, "f");
  ASSERT_TRUE(twice.ok()) << twice.error().message << "\n" << text;
  EXPECT_EQ(format_topology(*twice), text);
  EXPECT_EQ(twice->link(RegionId("b"), RegionId("a")).loss, 0.25);
}

TEST(Topology, RegionsHaveOptionsOfTheirOwn) {
  const auto topology = parse_topology(std::string(kTwoRegions) + R"(
[[region]]
name = "c"
http = "127.0.0.1:8002"
stream = "tcp://127.0.0.1:9002"
expiry_interval_ms = 20
throttle = true
memory_mb = 64
)",
                                       "file.toml");
  ASSERT_TRUE(topology.ok()) << topology.error().message;
  const auto again = parse_topology(format_topology(*topology), "again.toml");
  ASSERT_TRUE(again.ok()) << again.error().message;
  for (const Topology* one : {&*topology, &*again}) {
    EXPECT_EQ(one->find(RegionId("c"))->settings.expiry_interval_ms, 20);
    EXPECT_TRUE(one->find(RegionId("c"))->settings.throttle);
    EXPECT_FALSE(one->find(RegionId("a"))->settings.throttle);
    EXPECT_EQ(one->find(RegionId("c"))->settings.memory_mb, 64);
    EXPECT_EQ(one->find(RegionId("a"))->settings.memory_mb, kMemoryMb);
  }
}

TEST(Topology, SaysInOneLineWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"[[region]]\nname=\"a\"\nhttp=\"h:1\"\nstream=\"tcp://h:2\"",
       "file.toml: region 'a' is defined twice"},
      {"[[region]]\nname=\"c\"\nhttp=\"h:8000\"\nstream=\"tcp://h:2\"",
       "file.toml: port 8000 is used twice: by a and c"},
      {"[[region]]\nname=\"c\"\nhttp=\"h\"\nstream=\"tcp://h:2\"",
       "file.toml:11: [[region]]: 'http' must be HOST:PORT"},
      {"[[region]]\nname=\"c\"\nstream=\"tcp://h:2\"", "file.toml:11: [[region]]: 'http' must be a text"},
      {"[[link]]\nbetween=[\"a\"]", "file.toml:11: [[link]]: 'between' must name two regions"},
      {"[[link]]\nbetween=[\"a\",\"a\"]", "file.toml: a link joins 'a' with itself"},
      {"[[link]]\nbetween=[\"a\",\"z\"]", "file.toml: a link names region 'z', which is not there"},
      {"[[link]]\nbetween=[\"a\",\"b\"]\nlatency_ms=\"far\"",
       "file.toml:11: [[link]]: 'latency_ms' must be a number from 0 to 60000"},
      {"[[region]]\nname=\"c\"\nhttp=\"h:1\"\nstream=\"tcp://h:2\"\nmemory_mb=1",
       "file.toml:11: [[region]]: 'memory_mb' must be a number from 16 to 1048576"},
      {"[[link]]\nbetween=[\"a\",\"b\"]\nlatency=1", "file.toml:11: [[link]]: unknown member 'latency'"},
      {"[link]\n", "file.toml: 'link' must be written as [[link]]"},
      {"[[consumer]]\nname=\"c\"\nregion=\"z\"\ntable=\"t\"\nlibrary=\"l\"",
       "file.toml: consumer 'c' names region 'z', which is not there"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(message_of(text), message) << text;
  EXPECT_EQ(parse_topology("", "file.toml").error().message, "file.toml: no [[region]]: nothing to run");
}

}  // namespace
}  // namespace gyre::cli
