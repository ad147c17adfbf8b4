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
  };
  for (const RegionOption& option : region_options()) std::visit(Change{settings}, option.kind);
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
    EXPECT_EQ(count(std::string(option.flag) + "="), is_list ? 2 : 1) << option.flag;
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

TEST(RegionSettings, AFileWithoutTheOneThatItGoesWithIsRefused) {
  RegionSettings settings;
  settings.tls_key = "key.pem";
  EXPECT_EQ(check_settings(settings).error().message, "'tls_key' and 'tls_certificate' go together");
  settings.tls_certificate = "certificate.pem";
  EXPECT_TRUE(check_settings(settings).ok());
}

}  // namespace
}  // namespace gyre::cli
