// SPDX-License-Identifier: Apache-2.0
#include "cli/admin.h"

#include <fmt/core.h>

#include "cli/exit_codes.h"
#include "cli/output.h"
#include "cli/region_calls.h"
#include "cli/running.h"
#include "core/base/limits.h"

namespace gyre::cli {
namespace {

// A connected region is heard of each second. So long a silence is news before the link is given up.
constexpr double kSilenceShownMs = 2.5 * limits::kTickMs;

/// What is known of a link at its reader and, if we see the processes, at its other end.
std::string state_of(const AdminOptions& options, const json::Value& link) {
  if (bool_member(link, "Cut")) return "cut";
  const bool sees_processes = options.endpoint.empty();
  if (sees_processes && !RunningFiles(options.data).pid(RegionId(text_member(link, "Peer"))))
    return "not connected";
  if (!bool_member(link, "Connected")) return "not connected";
  return number_member(link, "SilentMs") > kSilenceShownMs ? "silent" : "connected";
}

void print_link(const AdminOptions& options, const std::string& reader, const json::Value& link) {
  const std::string peer = text_member(link, "Peer");
  const std::string state = state_of(options, link);
  if (options.json) {
    std::string line;
    json::Writer writer(line);
    writer.begin_object().member("from", peer).member("to", reader).member("state", state);
    copy_reply_members(writer, link);
    writer.end_object();
    fmt::print("{}\n", line);
    return;
  }
  const double loss = number_member(link, "Loss");
  fmt::print("{} -> {}: {}{}, {:.0f} ms +- {:.0f}{}\n", peer, reader, state,
             state == "silent" ? fmt::format(" for {:.1f} s", number_member(link, "SilentMs") / 1000) : "",
             number_member(link, "LatencyMs"), number_member(link, "JitterMs"),
             loss > 0 ? fmt::format(", loses {:.1f} %", 100 * loss) : "");
}

void print_no_answer(const AdminOptions& options, const std::string& reader, const Error& error) {
  if (!options.json) return fmt::print("{}\n", error.message);
  std::string line;
  json::Writer(line).begin_object().member("to", reader).member("error", error.message).end_object();
  fmt::print("{}\n", line);
}

/// One line per link, as DescribeLinks of the reading region tells it.
Status print_links(const AdminOptions& options) {
  ASSIGN_OR_RETURN(const std::vector<RegionEntry> regions, regions_of(options));
  for (const RegionEntry& region : regions) {
    const auto reply = call_region(region, "Gyre.DescribeLinks", "{}");
    if (!reply.ok()) {
      print_no_answer(options, region.region.name(), reply.error());
      continue;
    }
    ReplyReader reader;
    ASSIGN_OR_RETURN(const json::Value root, reader.read(*reply));
    const std::string name = text_member(root, "Region");
    if (const auto links = root.find("Links")) {
      for (json::ElementCursor cursor(*links); !cursor.at_end(); cursor.advance())
        print_link(options, name, cursor.value());
    }
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
  if (command.action == "set" && command.latency_ms < 0 && command.jitter_ms < 0 && command.loss < 0) {
    return Error::validation("nothing to set: give --latency, --jitter or --loss");
  }
  ASSIGN_OR_RETURN(const Topology topology, RunningFiles(options.data).topology());
  if (command.from == command.to) return Error::validation("a link joins two regions");
  RETURN_IF_ERROR(set_link(topology, command, command.from, command.to));
  if (!command.one_way) RETURN_IF_ERROR(set_link(topology, command, command.to, command.from));
  const std::string_view done = command.action == "cut" ? "cut" : command.action == "heal" ? "healed" : "set";
  if (options.json) {
    fmt::print("{{\"link\":\"{}\",\"from\":\"{}\",\"to\":\"{}\",\"one_way\":{}}}\n", done, command.from,
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
        out.begin_object().member("region", region.region.name());
        copy_reply_members(out, conflict);
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
  return kExitError;
}

int run_link(const AdminOptions& options, const LinkCommand& command) {
  return exit_code(command.action == "list" ? print_links(options) : change_link(options, command));
}

int run_conflicts(const AdminOptions& options, const ConflictsCommand& command) {
  return exit_code(print_conflicts(options, command));
}

}  // namespace gyre::cli
