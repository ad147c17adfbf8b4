// SPDX-License-Identifier: Apache-2.0
#include "cli/region.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <limits>
#include <optional>
#include <thread>

#include "cli/archive_key.h"
#include "cli/archive_place.h"
#include "cli/archive_report.h"
#include "cli/descriptors.h"
#include "cli/files.h"
#include "cli/greeting.h"
#include "cli/metrics_page.h"
#include "cli/running.h"
#include "cli/signals.h"
#include "consumers/consumer_gate.h"
#include "core/api/caller_identity.h"
#include "core/api/intent.h"
#include "core/archive/archiving.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/engine/memory/memory_engine.h"
#include "core/files/memory_folder.h"
#include "core/http/dynamodb_handler.h"
#include "core/http/health.h"
#include "core/http/page.h"
#include "core/http/region_passer.h"
#include "core/http/routes.h"
#include "core/http/server.h"
#include "core/operations/backup.h"
#include "core/operations/capacity/collection_limit.h"
#include "core/operations/capacity/throttle.h"
#include "core/operations/operations.h"
#include "core/operations/tables/expiry.h"
#include "core/process/exit_code.h"
#include "core/storage/index_building.h"
#include "core/storage/local_backup.h"
#include "core/storage/local_home.h"
#include "core/storage/log_trimming.h"
#include "core/storage/reclaimer.h"
#include "core/storage/store.h"
#include "core/storage/upkeep.h"
#include "streams/operations.h"
#include "streams/retention.h"
#include "streams/transport/stream_server.h"

namespace gyre::cli {
namespace {

constexpr int kStreamPortsBehindHttp = 1000;
constexpr const char* kArchiveKeyName = "/archive.key";
constexpr const char* kArchiveBegunName = "/archive.begun";  // has the place
constexpr std::uint64_t kArchivePatienceMs = 10'000;         // of each step of a request; a stop waits for it

class RegionParts final : public Region {
 public:
  explicit RegionParts(const RegionOptions& options) : clock_(options.settings.clock_skew_ms) {}

  Status open(const RegionOptions& options) {
    const RegionSettings& settings = options.settings;
    ASSIGN_OR_RETURN(
        descriptors_,
        share_descriptors(raise_descriptor_limit(), static_cast<std::size_t>(settings.io_threads),
                          options.peers.size(), settings.region_routing ? options.routes.size() : 0));
    memory_ = share_memory(static_cast<std::uint64_t>(settings.memory_mb), settings.memory_only);
    RETURN_IF_ERROR(open_store(options));
    if (!settings.archive.empty()) RETURN_IF_ERROR(open_archive(options));
    gate_ = std::make_unique<consumers::StoreConsumerGate>(*store_);
    RETURN_IF_ERROR(bind_stream_server(options));
    global_tables_ = global_tables::GlobalTables::create(*store_, options.peers, clock_,
                                                         {.aws_timings = settings.aws_timings});
    upkeep_ = storage::Upkeep::make(*store_);
    streams::RetentionOptions retention;
    storage::LogTrimmingOptions trimming;
    if (settings.memory_only) {
      trimming.log_bytes_max = memory_.rows / kMemoryLogDivisor;
      trimming.pause_ms = kMemoryRetentionPauseMs;
      retention.pause_ms = kMemoryRetentionPauseMs;
    }
    if (archiving_) {
      trimming.archived_through = [this] { return archiving_->archived_through(); };
      trimming.unarchived_bytes_max = static_cast<std::uint64_t>(settings.archive_cap_mb) << 20;
    }
    upkeep_->add(streams::make_retention(*store_, retention));
    upkeep_->add(storage::make_log_trimming(*store_, trimming));
    upkeep_->add(storage::make_index_building(*store_));
    upkeep_->add(storage::make_reclaiming(*store_));
    upkeep_->add(operations::make_expiry(
        *store_, {.interval_ms = static_cast<std::uint64_t>(settings.expiry_interval_ms)}));
    if (settings.throttle) throttle_ = std::make_unique<operations::Throttle>(clock_, options.region);
    collections_ = std::make_unique<operations::CollectionLimit>(store_->reads());
    operations::add_operations(router_,
                               {*store_, &global_tables_->replica_control(), throttle_.get(),
                                collections_.get(), settings.aws_timings, settings.stale_counts},
                               settings.error_style == "aggregated" ? operations::MessageStyle::kAggregated
                                                                    : operations::MessageStyle::kCurrent);
    streams::add_stream_operations(router_, *store_);
    backups_ = std::make_unique<storage::LocalBackups>(*store_, options.data);
    operations::add_backup_operation(router_, *backups_, options.region);
    add_archive_operation(router_, options.region, [this] { return archive_status(); });
    global_tables_->add_operations(router_);
    return bind_http_server(options);
  }

  void start() override {
    store_->start();
    stream_server_->start();
    global_tables_->start();
    upkeep_->start();
    if (archiving_) archiving_->start();
    if (passer_) passer_->start();
    http_server_->start();
  }

  void stop() override {
    http_server_->stop();
    backups_->stop();
    if (passer_) passer_->stop();
    if (archiving_) archiving_->stop();
    upkeep_->stop();
    global_tables_->stop();
    stream_server_->stop();
    store_->stop();
  }

  std::uint16_t http_port() const override { return http_server_->port(); }
  std::string stream_endpoint() const override { return stream_server_->endpoint(); }

 private:
  Status open_store(const RegionOptions& options) {
    storage::StoreOptions store;
    store.region = options.region;
    store.memory = memory_.kept;
    storage::StoreHome home;
    if (options.settings.memory_only) {
      home = make_memory_home();
      store.log.segment_bytes = std::min<std::uint64_t>(
          memory_.rows / kMemoryLogDivisor / kMemorySegmentsOfLog, limits::kLogSegmentBytesMax);
      store.writer.disk_floor_bytes = kMemoryFloorBytes;
    } else {
      ASSIGN_OR_RETURN(home, open_files(options.data));
      if (options.settings.durability == "async") store.durability = storage::Durability::kAsync;
    }
    log_folder_ = home.log;
    ASSIGN_OR_RETURN(store_, storage::Store::open(std::move(home), store, clock_));
    return {};
  }

  Status open_archive(const RegionOptions& options) {
    const RegionSettings& settings = options.settings;
    ASSIGN_OR_RETURN(const std::string seed,
                     read_or_make_archive_key(settings.archive_key.empty() ? options.data + kArchiveKeyName
                                                                           : settings.archive_key));
    ASSIGN_OR_RETURN(auto objects, open_archive_place({settings.archive, settings.archive_endpoint},
                                                      PlaceUse::kWrite, kArchivePatienceMs, clock_));
    const archive::LiveLog log = {
        .log = store_->log().log(), .folder = *log_folder_, .close_segment = [this]() -> Status {
          RETURN_IF_ERROR(store_->close_segment());
          return store_->log().do_upkeep();
        }};
    const std::string begun = options.data + kArchiveBegunName;
    const auto begun_place = read_file(begun);
    archive::ArchivingOptions archiving;
    archiving.interval_ms = static_cast<std::uint64_t>(settings.archive_interval_s) * 1000;
    archiving.was_begun = begun_place.ok() && *begun_place == settings.archive;
    archiving.note_begun = [begun, place = settings.archive] { return write_file(begun, place); };
    archiving_ =
        std::make_unique<archive::Archiving>(std::move(objects), log, seed, clock_, std::move(archiving));
    return {};
  }
  std::optional<archive::ArchivingStatus> archive_status() const {
    return archiving_ ? std::optional(archiving_->status()) : std::nullopt;
  }

  storage::StoreHome make_memory_home() const {
    auto engine = storage::MemoryEngine::create();
    engine->set_capacity_bytes(memory_.rows - memory_.rows / kMemoryLogDivisor + kMemoryFloorBytes);
    return {std::move(engine), files::make_memory_folder()};
  }

  Result<storage::StoreHome> open_files(const std::string& directory) const {
    RETURN_IF_ERROR(make_writable_directory(directory));
    storage::RocksdbOptions rocksdb;
    rocksdb.directory = directory;
    rocksdb.memtable_bytes = memory_.memtables;
    rocksdb.block_cache_bytes = memory_.blocks;
    rocksdb.max_open_files = descriptors_.store_files_max;
    return storage::open_local_home(rocksdb);
  }

  Status bind_stream_server(const RegionOptions& options) {
    streams::StreamServerOptions server;
    server.endpoint = options.stream;
    server.connections_max = descriptors_.stream_connections_max;
    auto bound = streams::StreamServer::bind(server, *store_, gate_.get());
    if (!bound.ok()) return elsewhere(bound.error(), "--stream tcp://HOST:PORT");
    stream_server_ = *std::move(bound);
    store_->writer().add_listener(&stream_server_->listener());
    return {};
  }

  Status bind_http_server(const RegionOptions& options) {
    ASSIGN_OR_RETURN(const auto address, split_address(options.http));
    routes_.emplace(http::Origins(options.settings.allowed_origins, address.first));
    intents_ = api::make_logged_intents(options.region);
    routes_->add("GET", "/", http::make_health_handler());
    // Asked once the server serves, so all parts are there.
    routes_->add("GET", "/metrics", http::make_page_handler(metrics::kExpositionType, [this] {
                   return metrics_text(take_snapshot(metrics_sources()));
                 }));
    auto api = http::make_dynamodb_handler(
        router_, routes_->origins(),
        [this](std::function<void()> task) {
          return store_->read_pool().post(std::move(task), storage::ReadLane::kBodies);
        },
        intents_.get());
    if (options.settings.region_routing && !options.routes.empty()) {
      http::PasserOptions passer;
      passer.routes = options.routes;
      // Regions that hang leave half of each I/O thread's budget to this one.
      passer.body_bytes_max = memory_.http_bodies / static_cast<std::size_t>(options.settings.io_threads) /
                              2 / options.routes.size();
      ASSIGN_OR_RETURN(passer_, http::RegionPasser::make(std::move(passer)));
      api = http::make_region_routing(std::move(api), router_, options.region, *passer_);
    }
    // In front, since every region gives the same answer.
    routes_->add("POST", "*", api::make_caller_identity_handler(std::move(api)));
    http::ServerOptions server;
    server.host = address.first;
    server.port = address.second;
    server.tls = {options.settings.tls_certificate, options.settings.tls_key};
    server.connections_max = descriptors_.http_connections_max;
    server.descriptors_max = descriptors_.http_descriptors_max;
    server.body_bytes_max = memory_.http_bodies;
    server.reply_bytes_max = memory_.http_replies;
    server.io_threads = static_cast<int>(options.settings.io_threads);
    server.operations = router_.names().size();
    auto bound = http::Server::bind(server, *routes_, clock_);
    if (!bound.ok()) return elsewhere(bound.error(), "--http HOST:PORT");
    http_server_ = *std::move(bound);
    return {};
  }

  static Error elsewhere(const Error& error, const char* option) {
    return {error.code, fmt::format("{}; {} names another address, `ss -ltnp` shows what has this one",
                                    error.message, option)};
  }

  MetricsSources metrics_sources() const {
    return {.http = *http_server_,
            .store = *store_,
            .global_tables = *global_tables_,
            .streams = *stream_server_,
            .consumers = *gate_,
            .operations = router_.names(),
            .stream_connections_max = descriptors_.stream_connections_max,
            .passer = passer_.get(),
            .archiving = archiving_.get()};
  }

  // In the order in which they lean on each other: what waits in the writer's queue asks the first two.
  SystemClock clock_;
  DescriptorShares descriptors_;
  MemoryShares memory_;
  std::unique_ptr<operations::Throttle> throttle_;
  std::unique_ptr<operations::CollectionLimit> collections_;
  std::shared_ptr<files::Folder> log_folder_;  // shared with the store
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<archive::Archiving> archiving_;  // nullptr: no archive is kept
  std::unique_ptr<storage::LocalBackups> backups_;
  std::unique_ptr<consumers::StoreConsumerGate> gate_;
  std::unique_ptr<streams::StreamServer> stream_server_;
  std::unique_ptr<global_tables::GlobalTables> global_tables_;
  std::unique_ptr<storage::Upkeep> upkeep_;
  http::Router router_;
  std::unique_ptr<api::IntentObserver> intents_;  // nullptr: nobody asks
  std::unique_ptr<http::RegionPasser> passer_;    // nullptr: everything is answered here
  std::optional<http::Routes> routes_;
  std::unique_ptr<http::Server> http_server_;
};

void greet(const RegionOptions& options, const Region& region) {
  RegionEntry entry;
  entry.region = options.region;
  entry.http = fmt::format("{}:{}", options.http.substr(0, options.http.rfind(':')), region.http_port());
  entry.stream = region.stream_endpoint();
  entry.settings = options.settings;
  entry.https = options.settings.encrypted();
  fmt::print("{}  {}\n\n", greeting({&entry, 1}),
             options.settings.memory_only ? "All is in memory, and lost when this region stops."
                                          : fmt::format("The data is in {}.", options.data));
}

}  // namespace

Result<std::unique_ptr<Region>> Region::open(const RegionOptions& options) {
  auto region = std::make_unique<RegionParts>(options);
  RETURN_IF_ERROR(region->open(options));
  return std::unique_ptr<Region>(std::move(region));
}

Result<std::pair<std::string, std::uint16_t>> split_address(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  std::uint16_t port = 0;
  if (colon != std::string::npos && colon > 0) {
    const char* begin = address.data() + colon + 1;
    const char* end = address.data() + address.size();
    const auto [stop, error] = std::from_chars(begin, end, port);
    if (error == std::errc() && stop == end && begin != end) return std::pair(address.substr(0, colon), port);
  }
  return Error::validation(fmt::format("'{}' is not HOST:PORT", address));
}

Status choose_defaults(RegionOptions& options) {
  RETURN_IF_ERROR(check_region_name(options.region));
  if (options.stream.empty()) {
    ASSIGN_OR_RETURN(const auto address, split_address(options.http));
    const int port = address.second == 0 ? 0 : address.second + kStreamPortsBehindHttp;
    if (port > std::numeric_limits<std::uint16_t>::max()) {
      return Error::validation(
          fmt::format("no port {} for streams: --stream tcp://HOST:PORT names one", port));
    }
    options.stream = fmt::format("tcp://{}:{}", address.first, port);
  }
  if (options.settings.memory_only) {
    if (options.data.empty()) return {};
    return Error::validation("--memory-only keeps nothing in --data: give one of them");
  }
  if (options.data.empty()) options.data = RunningFiles(kDefaultData).store_directory(options.region);
  return {};
}

int run_serve(const ServeOptions& serve) {
  const RegionOptions& options = serve.region;
  const SignalGuard signals;  // before any thread starts, so that all of them leave the signals to us
  auto region = Region::open(options);
  if (!region.ok()) {
    fmt::print(stderr, "gyre serve {}: {}\n", options.region.name(), region.error().message);
    return process::kExitStayDown;  // a supervisor restarts what died, not what cannot work
  }
  (*region)->start();
  log_info("serving {} on port {}, streams on {}", options.settings.encrypted() ? "HTTPS" : "HTTP",
           (*region)->http_port(), (*region)->stream_endpoint());
  if (!serve.supervised) greet(options, **region);
  fmt::print("ready\n");
  std::fflush(stdout);
  signals.wait();
  log_info("stopping");
  (*region)->stop();
  return 0;
}

}  // namespace gyre::cli
