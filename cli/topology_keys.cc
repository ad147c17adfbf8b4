// SPDX-License-Identifier: Apache-2.0
#include "cli/topology_keys.h"

#include <fmt/core.h>

#include "cli/region_settings.h"
#include "core/base/join.h"

namespace gyre::cli {
namespace {

constexpr const char* kNone = "none";  // not a value: the key is left out
constexpr const char* kLinkTime = "0 to 60000";

// What an option takes, and what it is if nobody says.
std::pair<std::string, std::string> describe(const RegionOption::Flag& flag) {
  return {"true or false", RegionSettings().*flag.where ? "true" : "false"};
}
std::pair<std::string, std::string> describe(const RegionOption::Number& number) {
  return {fmt::format("{} to {}", number.least, number.most), std::to_string(RegionSettings().*number.where)};
}
std::pair<std::string, std::string> describe(const RegionOption::Choice& choice) {
  return {fmt::format("\"{}\"", join(choice.values, "\" or \"")),
          fmt::format("\"{}\"", RegionSettings().*choice.where)};
}
std::pair<std::string, std::string> describe(const RegionOption::Texts&) {
  return {"list of texts", "[]"};
}
std::pair<std::string, std::string> describe(const RegionOption::Path&) {
  return {"file", kNone};
}
std::pair<std::string, std::string> describe(const RegionOption::Place&) {
  return {"directory or s3://BUCKET/PREFIX", kNone};
}
std::pair<std::string, std::string> describe(const RegionOption::Url&) {
  return {"URL", kNone};
}

std::vector<TopologyKey> make_keys() {
  std::vector<TopologyKey> keys = {
      {"region", "name", "text", "", "The region's name"},
      {"region", "http", "HOST:PORT", "", "Where it serves the DynamoDB API"},
      {"region", "stream", "tcp://HOST:PORT", "", "Where it serves its change streams"},
  };
  for (const RegionOption& option : region_options()) {
    auto [value, default_value] = std::visit([](const auto& kind) { return describe(kind); }, option.kind);
    keys.push_back({"region", option.key, std::move(value), std::move(default_value), option.help});
  }
  for (TopologyKey& key : std::vector<TopologyKey>{
           {"link", "between", "list of two regions", "", "A link each way; or else `from` and `to`"},
           {"link", "from", "region", "", "The region whose changes travel; a link one way"},
           {"link", "to", "region", "", "The region that reads them"},
           {"link", "latency_ms", kLinkTime, "0", "Milliseconds that each frame takes, one way"},
           {"link", "jitter_ms", kLinkTime, "0", "Milliseconds by which that varies"},
           {"link", "loss", "0 to 1", "0", "Share of frames that are lost"},
           {"link", "cut", "true or false", "false", "Whether nothing passes, until `gyre link heal`"},
           {"consumer", "name", "text", "", "Its checkpoints are under this name"},
           {"consumer", "region", "region", "", "The region whose changes it reads"},
           {"consumer", "table", "text", "", "The table"},
           {"consumer", "library", "file", "", "The plugin, a shared library"}}) {
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace

std::span<const TopologyKey> topology_keys() {
  static const std::vector<TopologyKey> keys = make_keys();
  return keys;
}

std::vector<std::string_view> key_names(std::string_view section) {
  std::vector<std::string_view> names;
  for (const TopologyKey& key : topology_keys()) {
    if (key.section == section) names.emplace_back(key.name);
  }
  return names;
}

std::string topology_tables() {
  std::string text;
  std::string section;
  for (const TopologyKey& key : topology_keys()) {
    if (key.section != section) {
      section = key.section;
      text += fmt::format("{}## [[{}]]\n\n| key | value | default | |\n|---|---|---|---|\n",
                          text.empty() ? "" : "\n", section);
    }
    const bool is_value = !key.default_value.empty() && key.default_value != kNone;
    text += fmt::format("| `{}` | {} | {} | {} |\n", key.name, key.value,
                        is_value ? fmt::format("`{}`", key.default_value) : key.default_value, key.help);
  }
  return text;
}

}  // namespace gyre::cli
