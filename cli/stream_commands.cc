// SPDX-License-Identifier: Apache-2.0
#include "cli/stream_commands.h"

#include <fmt/core.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <thread>

#include "cli/exit_codes.h"
#include "cli/running.h"
#include "cli/signals.h"
#include "cli/time_text.h"
#include "consumers/plugin_host.h"
#include "consumers/replay.h"
#include "consumers/tail.h"
#include "core/base/clock.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/process/process_supervisor.h"

namespace gyre::cli {
namespace {

/// Runs `work` with a stop flag that SIGINT, SIGTERM or SIGHUP sets.
template <class Work>
auto run_until_signal(Work&& work) {
  SignalGuard signals;
  std::atomic<bool> stop = false;
  std::atomic<bool> done = false;
  std::thread watcher([&] {
    while (!done && !signals.wait_for(50)) {
    }
    stop = true;
  });
  auto result = work(stop);
  done = true;
  watcher.join();
  return result;
}

/// The stream endpoint of the named region, or of the topology's first.
Result<RegionEntry> region_to_read(const AdminOptions& options, const std::string& name) {
  if (!options.endpoint.empty()) {
    if (!options.endpoint.starts_with("tcp://")) {
      return Error::validation("--endpoint: this command reads a stream endpoint, tcp://HOST:PORT");
    }
    RegionEntry entry;
    entry.region = RegionId(options.endpoint);
    entry.stream = options.endpoint;
    return entry;
  }
  ASSIGN_OR_RETURN(const Topology topology, RunningFiles(options.data).topology());
  return name.empty() ? topology.regions.front() : named_region(topology, name);
}

/// Commit times in [from_ms, to_ms).
struct Times {
  std::uint64_t from_ms = 0;
  std::optional<std::uint64_t> to_ms;
};
Result<Times> times_of(const ReplayCommand& command, const Clock& clock) {
  Times times;
  if (!command.from.empty()) {
    ASSIGN_OR_RETURN(times.from_ms, parse_time(command.from, clock.now_ms()));
  }
  if (!command.to.empty()) {
    ASSIGN_OR_RETURN(const std::uint64_t to_ms, parse_time(command.to, clock.now_ms()));
    // "now" includes what was committed in this very millisecond.
    times.to_ms = command.to == "now" ? to_ms + 1 : to_ms;
  }
  return times;
}

/// 0, or 1 if a key was asked for of which no change is kept.
int replay_code(const ReplayCommand& command, const std::string& where, std::uint64_t written) {
  if (command.key.empty() || written != 0) return kExitDone;
  fmt::print(stderr, "gyre: no change of the key {} is kept in {}{}{}\n", command.key,
             command.table.empty() ? "" : "table " + command.table + " of ", where,
             command.from.empty() && command.to.empty() ? "" : " for that time");
  return kExitFinding;
}

bool needs_files(const ReplayCommand& command) {
  const HistoryReplay& history = command.history;
  return !history.source.empty() || command.table.empty() || !history.key_prefix.empty() ||
         !history.principal.empty() || !history.origin.empty() || !history.kinds.empty() ||
         !history.from_sequence.empty() || !history.to_sequence.empty() || history.backwards ||
         history.format != "json";
}

Result<int> replay_files(const ReplayCommand& command, const Times& times, const std::string& where) {
  HistoryReplay replay = command.history;
  replay.table = command.table;
  replay.key = command.key;
  replay.from_ms = times.from_ms;
  replay.to_ms = times.to_ms.value_or(UINT64_MAX);
  const auto written = run_until_signal([&](const std::atomic<bool>& stop) {
    return replay_history(replay, consumers::file_sink(stdout, false), stop);
  });
  if (!written.ok()) return written.error();
  return replay_code(command, where, *written);
}

/// The stream of a region that runs, or, if more is asked for than it tells, files: of the region's archive
/// and of its log.
Result<int> replay_past(const AdminOptions& options, const ReplayCommand& command) {
  const SystemClock clock;
  ASSIGN_OR_RETURN(const Times times, times_of(command, clock));
  if (!command.history.source.empty()) return replay_files(command, times, "these files");
  ASSIGN_OR_RETURN(const RegionEntry region, region_to_read(options, command.region));
  const bool has_archive = !region.settings.archive.empty();
  if (needs_files(command) || has_archive) {
    if (!options.endpoint.empty())
      return Error::validation("--endpoint tells a table's stream alone: --archive and --log tell the rest");
    if (region.settings.memory_only)
      return Error::validation(
          "this region is in memory: only its stream can be read, with a table, --from, "
          "--to and --key");
    ReplayCommand of_region = command;
    of_region.history.source = {.archive = {region.settings.archive, region.settings.archive_endpoint},
                                .log = RunningFiles(options.data).store_directory(region.region)};
    return replay_files(of_region, times, region.region.name());
  }
  consumers::ReplayOptions replay;
  replay.endpoint = region.stream;
  replay.table = command.table;
  replay.key = command.key;
  replay.from_ms = times.from_ms;
  replay.to_ms = times.to_ms;
  const auto summary = run_until_signal([&](const std::atomic<bool>& stop) {
    return consumers::replay(replay, consumers::file_sink(stdout, false), stop, clock);
  });
  if (!summary.ok()) return summary.error();
  return replay_code(command, region.region.name(), summary->records_written);
}

Status follow_table(const AdminOptions& options, const TailCommand& command) {
  const SystemClock clock;
  ASSIGN_OR_RETURN(const RegionEntry region, region_to_read(options, command.region));
  consumers::TailOptions tail;
  tail.endpoint = region.stream;
  tail.table = command.table;
  tail.from_start = command.from_start;
  fmt::print(stderr, "following {} in {}; Ctrl-C ends\n", command.table, region.region.name());
  return run_until_signal([&](const std::atomic<bool>& stop) {
    return consumers::tail(tail, consumers::file_sink(stdout, true), stop, clock);
  });
}

/// The plugin in this very process.
int host_plugin(const ConsumeCommand& command) {
  start_log("", LogLevel::kInfo);
  consumers::PluginHostOptions host;
  host.library = command.library;
  host.endpoint = command.stream;
  host.table = command.table;
  host.consumer = command.name;
  return run_until_signal([&](const std::atomic<bool>& stop) {
    host.stop = &stop;
    return consumers::run_plugin_host(host);
  });
}

/// The plugin in a process of its own, started again whenever it dies.
Status supervise_plugin(const ConsumeCommand& command) {
  SignalGuard signals;
  const SystemClock clock;
  process::ProcessSupervisor supervisor(clock, {.on_line = [](const std::string&, std::string_view line,
                                                              bool) { fmt::print(stderr, "{}\n", line); },
                                                .on_status = {}});
  process::ProcessSpec spec;
  spec.name = command.name;
  spec.argv = {std::filesystem::read_symlink("/proc/self/exe").string(),
               "consume",
               command.library,
               "--name",
               command.name,
               "--stream",
               command.stream,
               "--table",
               command.table,
               "--unsupervised"};
  RETURN_IF_ERROR(supervisor.add(spec));
  while (!signals.wait_for(0)) {
    supervisor.poll(100);
    const auto status = supervisor.status(command.name);
    if (status && status->state == process::ProcessState::kDown) {
      return Error::validation(fmt::format("consumer {} stays down: {}", command.name, status->reason));
    }
  }
  supervisor.stop_all();
  return {};
}

int exit_code(const Status& status) {
  return status.ok() ? 0 : fail(status.error());
}

}  // namespace

int run_tail(const AdminOptions& options, const TailCommand& command) {
  start_log("", LogLevel::kError);
  return exit_code(follow_table(options, command));
}

int run_replay(const AdminOptions& options, const ReplayCommand& command) {
  start_log("", LogLevel::kError);
  const Result<int> code = replay_past(options, command);
  return code.ok() ? *code : fail(code.error());
}

int run_consume(const AdminOptions& options, const ConsumeCommand& command) {
  if (command.name.size() > limits::kConsumerNameBytesMax) {
    return fail(Error::validation(
        fmt::format("--name: a consumer's name has at most {} bytes", limits::kConsumerNameBytesMax)));
  }
  ConsumeCommand resolved = command;
  if (resolved.stream.empty()) {
    const auto region = region_to_read(options, command.region);
    if (!region.ok()) return fail(region.error());
    resolved.stream = region->stream;
  }
  return command.unsupervised ? host_plugin(resolved) : exit_code(supervise_plugin(resolved));
}

}  // namespace gyre::cli
