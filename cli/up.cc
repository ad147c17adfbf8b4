// SPDX-License-Identifier: Apache-2.0
#include "cli/up.h"

#include <fmt/core.h>

#include <filesystem>
#include <map>
#include <utility>

#include "cli/admin.h"
#include "cli/files.h"
#include "cli/peer_option.h"
#include "cli/region_calls.h"
#include "cli/signals.h"
#include "core/base/clock.h"
#include "core/process/process_supervisor.h"

namespace gyre::cli {
namespace {

using process::ProcessState;
using process::ProcessStatus;

constexpr int kPollMs = 100;
constexpr int kLinksPollMs = 20;
constexpr std::uint64_t kLinksWaitNs = 10'000'000'000;

std::string this_program() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

/// Runs a topology's processes on one thread, and mirrors their state into the data directory.
class Runner {
 public:
  Runner(Topology topology, std::string data)
      : topology_(std::move(topology)),
        data_(std::move(data)),
        files_(data_),
        supervisor_(clock_, {.on_line = [this](const std::string& name, std::string_view line,
                                               bool is_error) { on_line(name, line, is_error); },
                             .on_status = [this](const ProcessStatus& status) { on_status(status); }}) {}

  /// Blocks until a signal stops it. An Error if some region cannot start.
  Status run(SignalGuard& signals) {
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
    announce();
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
      for (const std::string& old : {files_.stopped_file(entry.region), files_.ready_file(entry.region),
                                     files_.pid_file(entry.region)})
        std::filesystem::remove(old);
    }
    return write_file(files_.topology_file(), format_topology(topology_));
  }

  process::ProcessSpec region_spec(const RegionEntry& entry) {
    regions_[entry.region.name()];
    process::ProcessSpec spec;
    spec.name = entry.region.name();
    spec.argv = {this_program(), "serve",
                 "--region",     entry.region.name(),
                 "--http",       entry.http,
                 "--stream",     entry.stream,
                 "--data",       files_.store_directory(entry.region)};
    for (std::string& argument : region_arguments(entry.settings)) {
      spec.argv.push_back(std::move(argument));
    }
    for (const RegionEntry& other : topology_.regions) {
      if (other.region == entry.region) continue;
      spec.argv.push_back("--peer");
      spec.argv.push_back(
          format_peer({other.region, other.stream, topology_.link(other.region, entry.region)}));
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
    if (region == regions_.end()) {
      fmt::print(stderr, "[{}] {}\n", name, line);
      return;
    }
    region->second.last_line = line;
    if (!is_error && line == "ready") {
      region->second.ready = true;
      report(write_file(files_.ready_file(RegionId(name)), "\n"));
      for (const std::string& held : region->second.held_lines) fmt::print(stderr, "[{}] {}\n", name, held);
      region->second.held_lines.clear();
    } else if (region->second.ready) {
      fmt::print(stderr, "[{}] {}\n", name, line);
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
    const auto& lines = region->second.held_lines;
    start_failure_ =
        fmt::format("{} cannot start: {}", status.name, lines.empty() ? status.reason : lines.back());
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

  void announce() const {
    fmt::print("\n");
    for (const RegionEntry& entry : topology_.regions) {
      fmt::print("  {:<16} {:<24} streams {}\n", entry.region.name(), entry.http_url(), entry.stream);
    }
    const RegionEntry& first = topology_.regions.front();
    fmt::print(
        "\nA stock AWS CLI needs only these (any key will do):\n\n"
        "  export AWS_ACCESS_KEY_ID=gyre AWS_SECRET_ACCESS_KEY=gyre AWS_DEFAULT_REGION={}\n\n"
        "Try next, in another terminal:\n\n"
        "  aws dynamodb list-tables --endpoint-url {}\n"
        "  {} region list{}\n\n",
        first.region.name(), first.http_url(), this_program(),
        data_ == kDefaultData ? "" : " --data " + data_);
    fmt::print("ready\n");
    std::fflush(stdout);
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
  SystemClock clock_;
  std::map<std::string, RegionState> regions_;
  std::string start_failure_;
  bool stopping_ = false;
  process::ProcessSupervisor supervisor_;
};

}  // namespace

int run_up(const UpOptions& options) {
  SignalGuard signals;
  auto topology = read_topology(options.topology_file);
  if (!topology.ok()) return fail(topology.error());
  Runner runner(*std::move(topology), options.data);
  const Status done = runner.run(signals);
  return done.ok() ? 0 : fail(done.error());
}

}  // namespace gyre::cli
