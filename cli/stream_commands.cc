// SPDX-License-Identifier: Apache-2.0
#include "cli/stream_commands.h"

#include <fmt/core.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
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

/// Answers 0, or 1 if a key was asked for of which no change is kept.
Result<int> replay_history(const AdminOptions& options, const ReplayCommand& command) {
  const SystemClock clock;
  ASSIGN_OR_RETURN(const RegionEntry region, region_to_read(options, command.region));
  consumers::ReplayOptions replay;
  replay.endpoint = region.stream;
  replay.table = command.table;
  replay.key = command.key;
  if (!command.from.empty()) {
    ASSIGN_OR_RETURN(replay.from_ms, parse_time(command.from, clock.now_ms()));
  }
  if (!command.to.empty()) {
    ASSIGN_OR_RETURN(const std::uint64_t to_ms, parse_time(command.to, clock.now_ms()));
    // "now" includes what was committed in this very millisecond.
    replay.to_ms = command.to == "now" ? to_ms + 1 : to_ms;
  }
  const auto summary = run_until_signal([&](const std::atomic<bool>& stop) {
    return consumers::replay(replay, consumers::file_sink(stdout, false), stop, clock);
  });
  if (!summary.ok()) return summary.error();
  if (command.key.empty() || summary->records_written != 0) return kExitDone;
  fmt::print(stderr, "gyre: no change of the key {} is kept in table {} of {}{}\n", command.key,
             command.table, region.region.name(),
             command.from.empty() && command.to.empty() ? "" : " for that time");
  return kExitFinding;
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
  const Result<int> code = replay_history(options, command);
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
