// SPDX-License-Identifier: Apache-2.0
#include "cli/admin.h"

#include <fmt/core.h>

#include "cli/region_calls.h"
#include "cli/running.h"
#include "core/json/json_copy.h"

namespace gyre::cli {
namespace {

/// One line per link, as DescribeLinks of the reading region tells it.
Status print_links(const AdminOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<RegionEntry> regions, regions_of(options));
  for (const RegionEntry& region : regions) {
    auto reply = call_region(region, "Gyre.DescribeLinks", "{}");
    if (!reply.ok()) {
      fmt::print("{}: {}\n", region.region.name(), reply.error().message);
      continue;
    }
    if (options.json) {
      fmt::print("{}\n", *reply);
      continue;
    }
    ReplyReader reader;
    ASSIGN_OR_RETURN(const json::Value root, reader.read(*reply));
    const auto links = root.find("Links");
    if (!links) continue;
    RETURN_IF_ERROR(links->for_each_element([&](json::Value link) -> Status {
      fmt::print("{} -> {}: {}, {:.0f} ms +- {:.0f}{}\n", text_member(link, "Peer"), region.region.name(),
                 bool_member(link, "Cut")         ? "cut"
                 : bool_member(link, "Connected") ? "connected"
                                                  : "not connected",
                 number_member(link, "LatencyMs"), number_member(link, "JitterMs"),
                 number_member(link, "Loss") > 0
                     ? fmt::format(", loses {:.1f} %", 100 * number_member(link, "Loss"))
                     : "");
      return {};
    }));
  }
  return {};
}

/// What carries `from`'s changes to `to` is played at its reader, `to`.
Status set_link(const Topology& topology, const LinkCommand& command, const std::string& from,
                const std::string& to) {
  ASSIGN_OR_RETURN(const RegionEntry peer, named_region(topology, from));
  ASSIGN_OR_RETURN(const RegionEntry reader, named_region(topology, to));
  std::string body;
  json::Writer writer(body);
  writer.begin_object().member("Peer", peer.region.name());
  if (command.action == "cut") writer.key("Cut").boolean(true);
  if (command.action == "heal") writer.key("Cut").boolean(false);
  if (command.latency_ms >= 0) writer.key("LatencyMs").integer(command.latency_ms);
  if (command.jitter_ms >= 0) writer.key("JitterMs").integer(command.jitter_ms);
  if (command.loss >= 0) writer.key("Loss").number(command.loss);
  writer.end_object();
  RETURN_IF_ERROR(call_region(reader, "Gyre.SetLink", body));
  return {};
}

Status change_link(const AdminOptions& options, const LinkCommand& command) {
  ASSIGN_OR_RETURN(const Topology topology, RunningFiles(options.data).topology());
  if (command.from == command.to) return Error::validation("a link joins two regions");
  RETURN_IF_ERROR(set_link(topology, command, command.from, command.to));
  if (!command.one_way) RETURN_IF_ERROR(set_link(topology, command, command.to, command.from));
  const std::string_view done = command.action == "cut" ? "cut" : command.action == "heal" ? "healed" : "set";
  if (options.json) {
    fmt::print("{{\"link\":\"{}\",\"from\":\"{}\",\"to\":\"{}\",\"oneWay\":{}}}\n", done, command.from,
               command.to, command.one_way);
  } else {
    fmt::print("link {} {} {}: {}\n", command.from, command.one_way ? "->" : "<->", command.to, done);
  }
  return {};
}

Status print_conflicts(const AdminOptions& options, const ConflictsCommand& command) {
  ASSIGN_OR_RETURN(const std::vector<RegionEntry> regions, regions_of(options));
  for (const RegionEntry& region : regions) {
    if (!command.region.empty() && region.region.name() != command.region) continue;
    std::string body;
    json::Writer writer(body);
    writer.begin_object();
    if (!command.table.empty()) writer.member("TableName", command.table);
    writer.key("Limit").integer(command.limit).end_object();
    ASSIGN_OR_RETURN(const std::string reply, call_region(region, "Gyre.ListConflicts", body));
    ReplyReader reader;
    ASSIGN_OR_RETURN(const json::Value root, reader.read(reply));
    if (const auto conflicts = root.find("Conflicts")) {
      RETURN_IF_ERROR(conflicts->for_each_element([&](json::Value conflict) -> Status {
        std::string line;
        json::Writer out(line);
        out.begin_object().member("Region", region.region.name());
        RETURN_IF_ERROR(conflict.for_each_member([&](std::string_view name, json::Value value) -> Status {
          out.key(name);
          json::copy(out, value);
          return {};
        }));
        out.end_object();
        fmt::print("{}\n", line);
        return {};
      }));
    }
  }
  return {};
}

int exit_code(const Status& status) {
  return status.ok() ? 0 : fail(status.error());
}

}  // namespace

int fail(const Error& error) {
  fmt::print(stderr, "gyre: {}\n", error.message);
  return 2;
}

int run_link(const AdminOptions& options, const LinkCommand& command) {
  return exit_code(command.action == "list" ? print_links(options) : change_link(options, command));
}

int run_conflicts(const AdminOptions& options, const ConflictsCommand& command) {
  return exit_code(print_conflicts(options, command));
}

}  // namespace gyre::cli
