// SPDX-License-Identifier: Apache-2.0
#include "cli/region_settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "cli/topology.h"

namespace gyre::cli {
namespace {

// Settings in which every option has a value that is not its default.
RegionSettings all_changed() {
  RegionSettings settings;
  struct Change {
    RegionSettings& settings;
    void operator()(const RegionOption::Flag& flag) const { settings.*flag.where = !(settings.*flag.where); }
    void operator()(const RegionOption::Number& number) const {
      settings.*number.where = settings.*number.where == number.most ? number.least : number.most;
    }
    void operator()(const RegionOption::Choice& choice) const {
      settings.*choice.where = choice.values.back();
    }
    void operator()(const RegionOption::Texts& texts) const { settings.*texts.where = {"one", "two"}; }
    void operator()(const RegionOption::Path& path) const { settings.*path.where = "/some/file"; }
    void operator()(const RegionOption::Place& place) const { settings.*place.where = "s3://bucket/prefix"; }
    void operator()(const RegionOption::Url& url) const { settings.*url.where = "http://127.0.0.1:1"; }
  };
  for (const RegionOption& option : region_options()) std::visit(Change{settings}, option.kind);
  settings.memory_only = false;  // it has no archive
  return settings;
}

TEST(RegionSettings, EveryOptionHasAFlagAndAKeyOfItsOwnAndSaysWhatItDoes) {
  std::set<std::string> names;
  for (const RegionOption& option : region_options()) {
    EXPECT_TRUE(std::string_view(option.flag).starts_with("--")) << option.flag;
    EXPECT_TRUE(names.insert(option.flag).second) << option.flag;
    EXPECT_TRUE(names.insert(option.key).second) << option.key;
    EXPECT_FALSE(std::string_view(option.help).empty()) << option.key;
  }
}

TEST(RegionSettings, DefaultsNeedNoArguments) {
  EXPECT_TRUE(region_arguments(RegionSettings()).empty());
}

TEST(RegionSettings, EveryOptionReachesAChildsCommandLine) {
  const std::vector<std::string> arguments = region_arguments(all_changed());
  const auto count = [&](const std::string& start) {
    return std::count_if(arguments.begin(), arguments.end(),
                         [&](const std::string& argument) { return argument.starts_with(start); });
  };
  for (const RegionOption& option : region_options()) {
    const bool is_list = std::holds_alternative<RegionOption::Texts>(option.kind);
    const bool is_default = std::string_view(option.key) == "memory_only";
    EXPECT_EQ(count(std::string(option.flag) + "="), is_default ? 0 : is_list ? 2 : 1) << option.flag;
  }
  EXPECT_EQ(count("--tls-certificate=/some/file"), 1);
  EXPECT_EQ(count("--aws-timings=true"), 1);
}

TEST(RegionSettings, ATopologyWritesAndReadsEveryOption) {
  Topology topology;
  RegionEntry entry;
  entry.region = RegionId("a");
  entry.http = "127.0.0.1:8000";
  entry.stream = "tcp://127.0.0.1:9000";
  entry.settings = all_changed();
  topology.regions.push_back(entry);
  const auto again = parse_topology(format_topology(topology), "again.toml");
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->regions.front().settings, entry.settings);
}

TEST(RegionSettings, AnArchiveNeedsADisk) {
  RegionSettings settings;
  settings.archive = "/somewhere";
  EXPECT_TRUE(check_settings(settings).ok());
  settings.memory_only = true;
  EXPECT_FALSE(check_settings(settings).ok());
  settings.memory_only = false;
  settings.archive.clear();
  settings.archive_key = "/some/key";
  EXPECT_FALSE(check_settings(settings).ok());
}

TEST(RegionSettings, ADirectoryOfAnArchiveIsAbsoluteInATopologyAndABucketStays) {
  const auto read = [](const std::string& archive) {
    return parse_topology(
               "[[region]]\nname = \"a\"\nhttp = \"127.0.0.1:1\"\nstream = \"tcp://127.0.0.1:2\"\n"
               "archive = \"" +
                   archive + "\"\n",
               "one.toml")
        ->regions.front()
        .settings.archive;
  };
  EXPECT_TRUE(read("here").starts_with("/"));
  EXPECT_TRUE(read("here").ends_with("/here"));
  EXPECT_EQ(read("s3://bucket/prefix"), "s3://bucket/prefix");
}

TEST(RegionSettings, AFileWithoutTheOneThatItGoesWithIsRefused) {
  RegionSettings settings;
  settings.tls_key = "key.pem";
  EXPECT_EQ(check_settings(settings).error().message, "'tls_key' and 'tls_certificate' go together");
  settings.tls_certificate = "certificate.pem";
  EXPECT_TRUE(check_settings(settings).ok());
}

}  // namespace
}  // namespace gyre::cli
