// SPDX-License-Identifier: Apache-2.0
#include "cli/topology.h"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "cli/archive_place.h"
#include "cli/files.h"
#include "cli/running.h"
#include "cli/topology_keys.h"

namespace gyre::cli {
namespace {

/// Reads the members of one TOML table; remembers where it stands, for messages.
class Section {
 public:
  Section(const toml::table& table, std::string where) : table_(table), where_(std::move(where)) {}

  Error error(std::string_view text) const { return Error::validation(fmt::format("{}: {}", where_, text)); }

  /// A misspelt member would otherwise be a setting silently lost.
  Status allow_only(const std::vector<std::string_view>& names) const {
    for (const auto& [key, node] : table_) {
      (void)node;
      if (std::find(names.begin(), names.end(), key.str()) == names.end()) {
        return error(fmt::format("unknown member '{}'", key.str()));
      }
    }
    return {};
  }

  Result<std::string> text(std::string_view name) const {
    const auto value = table_[name].value_exact<std::string>();
    if (!value || value->empty()) return error(fmt::format("'{}' must be a text", name));
    return *value;
  }

  Result<std::vector<std::string>> texts(std::string_view name) const {
    std::vector<std::string> texts;
    const toml::array* array = table_[name].as_array();
    if (array == nullptr) return error(fmt::format("'{}' must be a list of texts", name));
    for (const toml::node& node : *array) {
      const auto text = node.value_exact<std::string>();
      if (!text || text->empty()) return error(fmt::format("'{}' must be a list of texts", name));
      texts.push_back(*text);
    }
    return texts;
  }

  bool has(std::string_view name) const { return table_.contains(name); }

  Result<double> number(std::string_view name, double least, double most) const {
    if (!table_.contains(name)) return 0.0;
    const auto value = table_[name].value<double>();
    if (!value || *value < least || *value > most) {
      return error(fmt::format("'{}' must be a number from {} to {}", name, least, most));
    }
    return *value;
  }

  Result<bool> flag(std::string_view name) const {
    if (!table_.contains(name)) return false;
    const auto value = table_[name].value_exact<bool>();
    if (!value) return error(fmt::format("'{}' must be true or false", name));
    return *value;
  }

  const toml::table& table() const { return table_; }

 private:
  const toml::table& table_;
  std::string where_;
};

// One setting of a region, by what kind of value it takes. What is not there keeps its default.
Status read_setting(const Section& section, const char* key, const RegionOption::Flag& flag,
                    RegionSettings& settings) {
  ASSIGN_OR_RETURN(settings.*flag.where, section.flag(key));
  return {};
}
Status read_setting(const Section& section, const char* key, const RegionOption::Number& number,
                    RegionSettings& settings) {
  ASSIGN_OR_RETURN(const double value,
                   section.number(key, static_cast<double>(number.least), static_cast<double>(number.most)));
  settings.*number.where = static_cast<std::int64_t>(value);
  return {};
}
Status read_setting(const Section& section, const char* key, const RegionOption::Choice& choice,
                    RegionSettings& settings) {
  ASSIGN_OR_RETURN(const std::string text, section.text(key));
  if (std::find(choice.values.begin(), choice.values.end(), text) == choice.values.end()) {
    std::string known;
    for (const auto& value : choice.values)
      known.append(known.empty() ? "\"" : " or \"").append(value).append("\"");
    return section.error(fmt::format("'{}' must be {}", key, known));
  }
  settings.*choice.where = text;
  return {};
}
Status read_setting(const Section& section, const char* key, const RegionOption::Texts& texts,
                    RegionSettings& settings) {
  ASSIGN_OR_RETURN(settings.*texts.where, section.texts(key));
  return {};
}
Status read_setting(const Section& section, const char* key, const RegionOption::Path& path,
                    RegionSettings& settings) {
  ASSIGN_OR_RETURN(const std::string file, section.text(key));
  settings.*path.where = std::filesystem::absolute(file).string();
  return {};
}

Status read_setting(const Section& section, const char* key, const RegionOption::Place& place,
                    RegionSettings& settings) {
  ASSIGN_OR_RETURN(const std::string text, section.text(key));
  settings.*place.where = is_bucket(text) ? text : std::filesystem::absolute(text).string();
  return {};
}
Status read_setting(const Section& section, const char* key, const RegionOption::Url& url,
                    RegionSettings& settings) {
  ASSIGN_OR_RETURN(settings.*url.where, section.text(key));
  return {};
}

Result<RegionSettings> read_settings(const Section& section) {
  RegionSettings settings;
  for (const RegionOption& option : region_options()) {
    if (!section.has(option.key)) continue;
    RETURN_IF_ERROR(std::visit(
        [&](const auto& kind) { return read_setting(section, option.key, kind, settings); }, option.kind));
  }
  const Status checked = check_settings(settings);
  if (!checked.ok()) return section.error(checked.error().message);
  return settings;
}

Result<RegionEntry> read_region(const Section& section) {
  RETURN_IF_ERROR(section.allow_only(key_names("region")));
  RegionEntry entry;
  ASSIGN_OR_RETURN(std::string name, section.text("name"));
  entry.region = RegionId(std::move(name));
  if (const Status checked = check_region_name(entry.region); !checked.ok()) {
    return section.error(checked.error().message);
  }
  ASSIGN_OR_RETURN(entry.http, section.text("http"));
  ASSIGN_OR_RETURN(entry.stream, section.text("stream"));
  ASSIGN_OR_RETURN(entry.settings, read_settings(section));
  entry.https = entry.settings.encrypted();
  entry.trust.certificate = entry.settings.tls_certificate;
  if (entry.http.rfind(':') == std::string::npos) return section.error("'http' must be HOST:PORT");
  if (!entry.stream.starts_with("tcp://")) return section.error("'stream' must be tcp://HOST:PORT");
  return entry;
}

Result<global_tables::LinkSettings> read_link_settings(const Section& section) {
  global_tables::LinkSettings settings;
  ASSIGN_OR_RETURN(const double latency, section.number("latency_ms", 0, 60'000));
  ASSIGN_OR_RETURN(const double jitter, section.number("jitter_ms", 0, 60'000));
  ASSIGN_OR_RETURN(settings.loss, section.number("loss", 0, 1));
  ASSIGN_OR_RETURN(settings.cut, section.flag("cut"));
  settings.latency_ms = static_cast<std::uint64_t>(latency);
  settings.jitter_ms = static_cast<std::uint64_t>(jitter);
  return settings;
}

/// `between = [A, B]` is a link each way; `from` and `to` one way.
Status read_link(const Section& section, std::vector<LinkEntry>& links) {
  RETURN_IF_ERROR(section.allow_only(key_names("link")));
  ASSIGN_OR_RETURN(const global_tables::LinkSettings settings, read_link_settings(section));
  if (const toml::array* between = section.table()["between"].as_array()) {
    const auto first = between->size() == 2 ? between->get(0)->value_exact<std::string>() : std::nullopt;
    const auto second = between->size() == 2 ? between->get(1)->value_exact<std::string>() : std::nullopt;
    if (!first || !second) return section.error("'between' must name two regions");
    links.push_back({RegionId(*first), RegionId(*second), settings});
    links.push_back({RegionId(*second), RegionId(*first), settings});
    return {};
  }
  ASSIGN_OR_RETURN(std::string from, section.text("from"));
  ASSIGN_OR_RETURN(std::string to, section.text("to"));
  links.push_back({RegionId(std::move(from)), RegionId(std::move(to)), settings});
  return {};
}

Result<ConsumerEntry> read_consumer(const Section& section) {
  RETURN_IF_ERROR(section.allow_only(key_names("consumer")));
  ConsumerEntry entry;
  ASSIGN_OR_RETURN(entry.name, section.text("name"));
  ASSIGN_OR_RETURN(std::string region, section.text("region"));
  entry.region = RegionId(std::move(region));
  ASSIGN_OR_RETURN(entry.table, section.text("table"));
  ASSIGN_OR_RETURN(entry.library, section.text("library"));
  return entry;
}

std::string port_of(const std::string& address) {
  return address.substr(address.rfind(':') + 1);
}

Status check(const Topology& topology, std::string_view file_name) {
  const auto fail = [&](const std::string& text) {
    return Error::validation(fmt::format("{}: {}", file_name, text));
  };
  if (topology.regions.empty()) return fail("no [[region]]: nothing to run");
  std::set<RegionId> names;
  std::map<std::string, std::string> ports;
  for (const RegionEntry& entry : topology.regions) {
    if (!names.insert(entry.region).second)
      return fail(fmt::format("region '{}' is defined twice", entry.region.name()));
    for (const std::string* address : {&entry.http, &entry.stream}) {
      const std::string port = port_of(*address);
      const auto [other, is_new] = ports.emplace(port, entry.region.name());
      if (!is_new)
        return fail(
            fmt::format("port {} is used twice: by {} and {}", port, other->second, entry.region.name()));
    }
  }
  for (const LinkEntry& link : topology.links) {
    for (const RegionId* end : {&link.from, &link.to}) {
      if (!names.contains(*end))
        return fail(fmt::format("a link names region '{}', which is not there", end->name()));
    }
    if (link.from == link.to) return fail(fmt::format("a link joins '{}' with itself", link.from.name()));
  }
  std::set<std::string> consumers;
  for (const ConsumerEntry& consumer : topology.consumers) {
    if (!names.contains(consumer.region)) {
      return fail(fmt::format("consumer '{}' names region '{}', which is not there", consumer.name,
                              consumer.region.name()));
    }
    if (!consumers.insert(consumer.name).second)
      return fail(fmt::format("consumer '{}' is defined twice", consumer.name));
  }
  return {};
}

/// Calls `read(Section)` for each element of the array of tables `name`.
template <class Read>
Status each_section(const toml::table& root, std::string_view file_name, std::string_view name, Read&& read) {
  if (!root.contains(name)) return {};
  const toml::array* array = root[name].as_array();
  if (array == nullptr || !array->is_array_of_tables()) {
    return Error::validation(fmt::format("{}: '{}' must be written as [[{}]]", file_name, name, name));
  }
  for (const toml::node& node : *array) {
    const auto line = node.source().begin.line;
    RETURN_IF_ERROR(read(Section(*node.as_table(), fmt::format("{}:{}: [[{}]]", file_name, line, name))));
  }
  return {};
}

// All settings but absent files.
template <class Kind>
void write_setting(toml::table& region, const char* key, const RegionSettings& settings, const Kind& kind) {
  region.insert(key, settings.*kind.where);
}
void write_setting(toml::table& region, const char* key, const RegionSettings& settings,
                   const RegionOption::Texts& texts) {
  toml::array array;
  for (const std::string& text : settings.*texts.where) array.push_back(text);
  if (!array.empty()) region.insert(key, std::move(array));
}
void write_setting(toml::table& region, const char* key, const RegionSettings& settings,
                   const RegionOption::Path& path) {
  if (!(settings.*path.where).empty()) region.insert(key, settings.*path.where);
}
void write_setting(toml::table& region, const char* key, const RegionSettings& settings,
                   const RegionOption::Place& place) {
  if (!(settings.*place.where).empty()) region.insert(key, settings.*place.where);
}
void write_setting(toml::table& region, const char* key, const RegionSettings& settings,
                   const RegionOption::Url& url) {
  if (!(settings.*url.where).empty()) region.insert(key, settings.*url.where);
}

}  // namespace

const RegionEntry* Topology::find(const RegionId& region) const {
  for (const RegionEntry& entry : regions) {
    if (entry.region == region) return &entry;
  }
  return nullptr;
}

global_tables::LinkSettings Topology::link(const RegionId& from, const RegionId& to) const {
  for (const LinkEntry& entry : links) {
    if (entry.from == from && entry.to == to) return entry.settings;
  }
  return {};
}

std::string Topology::region_names() const {
  std::string names;
  for (const RegionEntry& entry : regions) names += (names.empty() ? "" : ", ") + entry.region.name();
  return names;
}

Result<Topology> parse_topology(std::string_view text, std::string_view file_name) {
  toml::table root;
  try {
    root = toml::parse(text, file_name);
  } catch (const toml::parse_error& error) {
    return Error::validation(
        fmt::format("{}:{}: {}", file_name, error.source().begin.line, error.description()));
  }
  RETURN_IF_ERROR(Section(root, std::string(file_name)).allow_only({"region", "link", "consumer"}));
  Topology topology;
  RETURN_IF_ERROR(each_section(root, file_name, "region", [&](const Section& section) -> Status {
    ASSIGN_OR_RETURN(RegionEntry entry, read_region(section));
    topology.regions.push_back(std::move(entry));
    return {};
  }));
  RETURN_IF_ERROR(each_section(root, file_name, "link",
                               [&](const Section& section) { return read_link(section, topology.links); }));
  RETURN_IF_ERROR(each_section(root, file_name, "consumer", [&](const Section& section) -> Status {
    ASSIGN_OR_RETURN(ConsumerEntry entry, read_consumer(section));
    topology.consumers.push_back(std::move(entry));
    return {};
  }));
  RETURN_IF_ERROR(check(topology, file_name));
  return topology;
}

Result<Topology> read_topology(const std::string& file_name) {
  ASSIGN_OR_RETURN(const std::string text, read_file(file_name));
  return parse_topology(text, file_name);
}

std::string format_topology(const Topology& topology) {
  std::ostringstream out;
  toml::table root;
  toml::array regions;
  for (const RegionEntry& entry : topology.regions) {
    toml::table region{{"name", entry.region.name()}, {"http", entry.http}, {"stream", entry.stream}};
    for (const RegionOption& option : region_options()) {
      std::visit([&](const auto& kind) { write_setting(region, option.key, entry.settings, kind); },
                 option.kind);
    }
    regions.push_back(std::move(region));
  }
  toml::array links;
  for (const LinkEntry& link : topology.links) {
    links.push_back(toml::table{{"from", link.from.name()},
                                {"to", link.to.name()},
                                {"latency_ms", static_cast<std::int64_t>(link.settings.latency_ms)},
                                {"jitter_ms", static_cast<std::int64_t>(link.settings.jitter_ms)},
                                {"loss", link.settings.loss},
                                {"cut", link.settings.cut}});
  }
  toml::array consumers;
  for (const ConsumerEntry& consumer : topology.consumers) {
    consumers.push_back(toml::table{{"name", consumer.name},
                                    {"region", consumer.region.name()},
                                    {"table", consumer.table},
                                    {"library", consumer.library}});
  }
  root.insert("region", std::move(regions));
  if (!links.empty()) root.insert("link", std::move(links));
  if (!consumers.empty()) root.insert("consumer", std::move(consumers));
  out << root << '\n';
  return out.str();
}

}  // namespace gyre::cli
