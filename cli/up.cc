// SPDX-License-Identifier: Apache-2.0
#include "cli/up.h"

#include <fmt/core.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include "cli/admin.h"
#include "cli/detach.h"
#include "cli/files.h"
#include "cli/greeting.h"
#include "cli/line_file.h"
#include "cli/peer_option.h"
#include "cli/region_calls.h"
#include "cli/signals.h"
#include "core/base/clock.h"
#include "core/process/other_process.h"
#include "core/process/process_supervisor.h"

namespace gyre::cli {
namespace {

using process::ProcessState;
using process::ProcessStatus;

constexpr int kPollMs = 100;
constexpr int kOldRegionWaitMs = 10'000;
constexpr int kLinksPollMs = 20;
constexpr std::uint64_t kLinksWaitNs = 10'000'000'000;

std::string this_program() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

/// A command on what runs on `data`, as a person types it.
std::string command_on(const std::string& data, std::string_view words) {
  return fmt::format("{} {}{}", this_program(), words, data == kDefaultData ? "" : " --data " + data);
}

/// Where what the processes print goes.
class Lines {
 public:
  virtual ~Lines() = default;
  virtual void region(const RegionId& region, std::string_view line) = 0;
  /// Before it serves for the first time: of a region that never does, the reason alone is worth showing.
  virtual bool hold_until_ready() const = 0;
  virtual void consumer(const std::string& name, std::string_view line) = 0;
};

class TerminalLines final : public Lines {
 public:
  void region(const RegionId& region, std::string_view line) override {
    fmt::print(stderr, "[{}] {}\n", region.name(), line);
  }
  bool hold_until_ready() const override { return true; }
  void consumer(const std::string& name, std::string_view line) override {
    fmt::print(stderr, "[{}] {}\n", name, line);
  }
};

class LogFiles final : public Lines {
 public:
  explicit LogFiles(const RunningFiles& files) : files_(files), consumers_(files.consumers_log_file()) {}
  void region(const RegionId& region, std::string_view line) override {
    regions_.try_emplace(region.name(), files_.region_log_file(region)).first->second.write(line);
  }
  bool hold_until_ready() const override { return false; }
  void consumer(const std::string& name, std::string_view line) override {
    consumers_.write(fmt::format("[{}] {}", name, line));
  }

 private:
  const RunningFiles files_;
  std::map<std::string, LineFile> regions_;
  LineFile consumers_;
};

/// Runs a topology's processes on one thread, and mirrors their state into the data directory.
class Runner {
 public:
  Runner(Topology topology, std::string data, Lines& lines)
      : topology_(std::move(topology)),
        data_(std::move(data)),
        files_(data_),
        lines_(lines),
        supervisor_(clock_, {.on_line = [this](const std::string& name, std::string_view line,
                                               bool is_error) { on_line(name, line, is_error); },
                             .on_status = [this](const ProcessStatus& status) { on_status(status); }}) {}

  /// Blocks until a signal stops it. An Error if some region cannot start. `on_ready` gets what to tell of
  /// all regions, once they serve.
  Status run(SignalGuard& signals, const std::function<void(const std::string&)>& on_ready) {
    RETURN_IF_ERROR(prepare());
    for (const RegionEntry& entry : topology_.regions) RETURN_IF_ERROR(supervisor_.add(region_spec(entry)));
    while (!all_ready()) {
      if (signals.wait_for(0)) return stop();
      supervisor_.poll(kPollMs);
      if (!start_failure_.empty()) {
        RETURN_IF_ERROR(stop());
        return Error::validation(start_failure_);
      }
    }
    wait_for_links(signals);
    if (signals.wait_for(0)) return stop();
    on_ready(announcement());
    for (const ConsumerEntry& entry : topology_.consumers)
      RETURN_IF_ERROR(supervisor_.add(consumer_spec(entry)));
    while (!signals.wait_for(0)) {
      supervisor_.poll(kPollMs);
      obey_stopped_files();
    }
    return stop();
  }

 private:
  struct RegionState {
    bool ready = false;  ///< it served once
    bool alive = false;
    std::string last_line;
    std::vector<std::string>
        held_lines;  ///< printed once it is ready; lost if it cannot start, but for the reason
  };

  Status prepare() {
    RETURN_IF_ERROR(make_writable_directory(data_));
    RETURN_IF_ERROR(files_.lock());
    for (const RegionEntry& entry : topology_.regions) {
      RETURN_IF_ERROR(make_writable_directory(files_.region_directory(entry.region)));
      wait_for_old_region(entry.region);
      for (const std::string& old : {files_.stopped_file(entry.region), files_.ready_file(entry.region),
                                     files_.pid_file(entry.region)})
        std::filesystem::remove(old);
    }
    return write_file(files_.topology_file(), format_topology(topology_));
  }

  /// After a kill -9 of the one that ran here before: its regions end with it, but hold their ports and
  /// stores for a moment longer.
  void wait_for_old_region(const RegionId& region) const {
    const auto pid = files_.noted_pid(region);
    const auto old = pid ? process::OtherProcess::open(*pid) : std::nullopt;
    if (!old) return;
    const auto facts = process::process_facts(*pid);
    if (facts && facts->program == this_program()) old->wait(kOldRegionWaitMs);
  }

  process::ProcessSpec region_spec(const RegionEntry& entry) {
    regions_[entry.region.name()];
    process::ProcessSpec spec;
    spec.name = entry.region.name();
    spec.argv = {this_program(), "serve",    "--supervised", "--region",  entry.region.name(),
                 "--http",       entry.http, "--stream",     entry.stream};
    if (!entry.settings.memory_only) {
      spec.argv.insert(spec.argv.end(), {"--data", files_.store_directory(entry.region)});
    }
    for (std::string& argument : region_arguments(entry.settings)) {
      spec.argv.push_back(std::move(argument));
    }
    for (const RegionEntry& other : topology_.regions) {
      if (other.region == entry.region) continue;
      spec.argv.push_back("--peer");
      spec.argv.push_back(
          format_peer({other.region, other.stream, topology_.link(other.region, entry.region)}));
      if (entry.settings.region_routing) {
        spec.argv.push_back("--route");
        spec.argv.push_back(format_route({other.region, other.http_url(), other.trust}));
      }
    }
    return spec;
  }

  process::ProcessSpec consumer_spec(const ConsumerEntry& entry) const {
    process::ProcessSpec spec;
    spec.name = "consumer " + entry.name;
    spec.argv = {this_program(),
                 "consume",
                 entry.library,
                 "--name",
                 entry.name,
                 "--stream",
                 topology_.find(entry.region)->stream,
                 "--table",
                 entry.table,
                 "--unsupervised"};
    return spec;
  }

  void on_line(const std::string& name, std::string_view line, bool is_error) {
    const auto region = regions_.find(name);
    if (region == regions_.end()) return lines_.consumer(name, line);
    const RegionId id(name);
    region->second.last_line = line;
    if (!is_error && line == "ready") {
      region->second.ready = true;
      report(write_file(files_.ready_file(id), "\n"));
      for (const std::string& held : region->second.held_lines) lines_.region(id, held);
      region->second.held_lines.clear();
    } else if (region->second.ready || !lines_.hold_until_ready()) {
      lines_.region(id, line);
    } else {
      region->second.held_lines.emplace_back(line);
    }
  }

  void on_status(const ProcessStatus& status) {
    const auto region = regions_.find(status.name);
    if (region == regions_.end()) {
      if (status.state == ProcessState::kDown)
        fmt::print(stderr, "[{}] ended: {}\n", status.name, status.reason);
      return;
    }
    const RegionId id(status.name);
    if (status.state == ProcessState::kRunning) {
      region->second.alive = true;
      report(write_file(files_.pid_file(id), std::to_string(status.pid) + "\n"));
      return;
    }
    if (status.state == ProcessState::kStopping || !std::exchange(region->second.alive, false)) return;
    std::error_code ignored;
    std::filesystem::remove(files_.ready_file(id), ignored);
    std::filesystem::remove(files_.pid_file(id), ignored);
    const bool was_ready = region->second.ready;
    const bool is_stopped = std::filesystem::exists(files_.stopped_file(id));
    if (was_ready || is_stopped) {
      fmt::print(stderr, "[{}] ended: {}\n", status.name, status.reason);
      if (status.state == ProcessState::kDown && !is_stopped && !stopping_) {
        // It would only fail again. Who restarts it looks at the reason first.
        report(write_file(files_.stopped_file(id), "cannot start: " + region->second.last_line + "\n"));
      }
      return;
    }
    const std::string& last_line = region->second.last_line;
    start_failure_ =
        fmt::format("{} cannot start: {}", status.name, last_line.empty() ? status.reason : last_line);
  }

  bool all_ready() const {
    for (const auto& [name, state] : regions_) {
      if (!state.ready) return false;
    }
    return true;
  }

  /// So that whoever reads `ready` can replicate at once. Not forever: a topology may hold links that lose
  /// everything.
  void wait_for_links(SignalGuard& signals) {
    const std::uint64_t give_up_ns = clock_.steady_ns() + kLinksWaitNs;
    while (!links_stand() && clock_.steady_ns() < give_up_ns && !signals.wait_for(0))
      supervisor_.poll(kLinksPollMs);
  }

  bool links_stand() const {
    for (const RegionEntry& entry : topology_.regions) {
      const auto reply = call_region(entry, "Gyre.DescribeLinks", "{}");
      ReplyReader reader;
      const auto root = reply.ok() ? reader.read(*reply) : Result<json::Value>(reply.error());
      if (!root.ok()) return false;
      const auto links = root->find("Links");
      if (!links) return false;
      for (json::ElementCursor cursor(*links); !cursor.at_end(); cursor.advance()) {
        if (!bool_member(cursor.value(), "CatalogKnown") && !bool_member(cursor.value(), "Cut")) return false;
      }
    }
    return true;
  }

  /// `gyre region kill` and `restart` leave and take away a file: a region with one stays down.
  void obey_stopped_files() {
    for (const RegionEntry& entry : topology_.regions) {
      const std::string& name = entry.region.name();
      const bool stopped = std::filesystem::exists(files_.stopped_file(entry.region));
      const auto status = supervisor_.status(name);
      if (!status) continue;
      Status done;
      if (stopped && status->state == ProcessState::kWaiting) done = supervisor_.stop(name);
      if (!stopped && status->state == ProcessState::kDown) done = supervisor_.start(name);
      report(done);
    }
  }

  static void report(const Status& done) {
    if (!done.ok()) fmt::print(stderr, "gyre up: {}\n", done.error().message);
  }

  std::string announcement() const {
    return fmt::format("{}  {}\n", greeting(topology_.regions), command_on(data_, "region list"));
  }

  Status stop() {
    stopping_ = true;
    supervisor_.stop_all();
    std::error_code ignored;
    std::filesystem::remove(files_.topology_file(), ignored);
    return {};
  }

  const Topology topology_;
  const std::string data_;
  const RunningFiles files_;
  Lines& lines_;
  SystemClock clock_;
  std::map<std::string, RegionState> regions_;
  std::string start_failure_;
  bool stopping_ = false;
  process::ProcessSupervisor supervisor_;
};

int run_in_foreground(Topology topology, const UpOptions& options) {
  SignalGuard signals;
  TerminalLines lines;
  Runner runner(std::move(topology), options.data, lines);
  const Status done = runner.run(signals, [](const std::string& announcement) {
    fmt::print("{}\nready\n", announcement);
    std::fflush(stdout);
  });
  return done.ok() ? 0 : fail(done.error());
}

int run_in_background(Topology topology, const UpOptions& options) {
  SignalGuard signals;  // of both processes
  const Status made = make_writable_directory(options.data);
  if (!made.ok()) return fail(made.error());
  const RunningFiles files(options.data);
  return run_detached(files.log_file(), [&](StartReport& start) {
    LogFiles lines(files);
    Runner runner(std::move(topology), options.data, lines);
    const Status done = runner.run(signals, [&](const std::string& announcement) {
      start.ready(fmt::format("{}  {}\n  {}\n\nLogs: {} and {}\nready\n", announcement,
                              command_on(options.data, "status"), command_on(options.data, "down"),
                              files.region_log_file(RegionId("REGION")), files.log_file()));
    });
    start.failed(done.ok() ? "it was stopped before all regions were ready" : done.error().message);
    return done.ok() ? 0 : fail(done.error());
  });
}

}  // namespace

int run_up(const UpOptions& options) {
  auto topology = read_topology(options.topology_file);
  if (!topology.ok()) return fail(topology.error());
  return options.detach ? run_in_background(*std::move(topology), options)
                        : run_in_foreground(*std::move(topology), options);
}

}  // namespace gyre::cli
