// SPDX-License-Identifier: Apache-2.0
#include "cli/region.h"

#include <fmt/core.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <thread>

#include "cli/descriptors.h"
#include "cli/files.h"
#include "cli/signals.h"
#include "consumers/consumer_gate.h"
#include "core/api/intent.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/http/dynamodb_handler.h"
#include "core/http/health.h"
#include "core/http/routes.h"
#include "core/http/server.h"
#include "core/operations/capacity/collection_limit.h"
#include "core/operations/capacity/throttle.h"
#include "core/operations/operations.h"
#include "core/operations/tables/expiry.h"
#include "core/process/exit_code.h"
#include "core/storage/index_building.h"
#include "core/storage/reclaimer.h"
#include "core/storage/store.h"
#include "core/storage/upkeep.h"
#include "streams/operations.h"
#include "streams/retention.h"
#include "streams/transport/stream_server.h"

namespace gyre::cli {
namespace {

class RegionParts final : public Region {
 public:
  explicit RegionParts(const RegionOptions& options) : clock_(options.settings.clock_skew_ms) {}

  Status open(const RegionOptions& options) {
    const RegionSettings& settings = options.settings;
    ASSIGN_OR_RETURN(descriptors_,
                     share_descriptors(raise_descriptor_limit(),
                                       static_cast<std::size_t>(settings.io_threads), options.peers.size()));
    memory_ = share_memory(static_cast<std::uint64_t>(settings.memory_mb));
    RETURN_IF_ERROR(make_writable_directory(options.data));
    RETURN_IF_ERROR(open_store(options));
    gate_ = std::make_unique<consumers::StoreConsumerGate>(*store_);
    RETURN_IF_ERROR(bind_stream_server(options));
    global_tables_ = global_tables::GlobalTables::create(*store_, options.peers, clock_,
                                                         {.aws_timings = settings.aws_timings});
    upkeep_ = storage::Upkeep::make(*store_);
    upkeep_->add(streams::make_retention(*store_, {}));
    upkeep_->add(storage::make_index_building(*store_));
    upkeep_->add(storage::make_reclaiming(*store_));
    upkeep_->add(operations::make_expiry(
        *store_, {.interval_ms = static_cast<std::uint64_t>(settings.expiry_interval_ms)}));
    if (settings.throttle) throttle_ = std::make_unique<operations::Throttle>(clock_, options.region);
    collections_ = std::make_unique<operations::CollectionLimit>(store_->engine());
    operations::add_operations(router_,
                               {*store_, &global_tables_->replica_control(), throttle_.get(),
                                collections_.get(), settings.aws_timings},
                               settings.error_style == "aggregated" ? operations::MessageStyle::kAggregated
                                                                    : operations::MessageStyle::kCurrent);
    streams::add_stream_operations(router_, *store_);
    global_tables_->add_operations(router_);
    return bind_http_server(options);
  }

  void start() override {
    store_->writer().start();
    stream_server_->start();
    global_tables_->start();
    upkeep_->start();
    http_server_->start();
  }

  void stop() override {
    http_server_->stop();
    upkeep_->stop();
    global_tables_->stop();
    stream_server_->stop();
    store_->stop();
  }

  std::uint16_t http_port() const override { return http_server_->port(); }
  std::string stream_endpoint() const override { return stream_server_->endpoint(); }

 private:
  Status open_store(const RegionOptions& options) {
    storage::RocksdbOptions rocksdb;
    rocksdb.directory = options.data;
    rocksdb.memtable_bytes = memory_.memtables;
    rocksdb.block_cache_bytes = memory_.blocks;
    rocksdb.max_open_files = descriptors_.store_files_max;
    ASSIGN_OR_RETURN(std::unique_ptr<storage::Engine> engine, storage::open_rocksdb(rocksdb));
    storage::StoreOptions store;
    store.region = options.region;
    store.memory = memory_.kept;
    store.durability =
        options.settings.durability == "async" ? storage::Durability::kAsync : storage::Durability::kSync;
    ASSIGN_OR_RETURN(store_, storage::Store::open(std::move(engine), store, clock_));
    return {};
  }

  Status bind_stream_server(const RegionOptions& options) {
    streams::StreamServerOptions server;
    server.endpoint = options.stream;
    server.connections_max = descriptors_.stream_connections_max;
    ASSIGN_OR_RETURN(stream_server_, streams::StreamServer::bind(server, *store_, gate_.get()));
    store_->writer().add_listener(&stream_server_->listener());
    return {};
  }

  Status bind_http_server(const RegionOptions& options) {
    ASSIGN_OR_RETURN(const auto address, split_address(options.http));
    routes_.emplace(http::Origins(options.settings.allowed_origins, address.first));
    intents_ = api::make_logged_intents(options.region);
    routes_->add("GET", "/", http::make_health_handler());
    routes_->add("POST", "*",
                 http::make_dynamodb_handler(
                     router_, routes_->origins(),
                     [this](std::function<void()> task) {
                       return store_->read_pool().post(std::move(task), storage::ReadLane::kBodies);
                     },
                     intents_.get()));
    http::ServerOptions server;
    server.host = address.first;
    server.port = address.second;
    server.tls = {options.settings.tls_certificate, options.settings.tls_key};
    server.connections_max = descriptors_.http_connections_max;
    server.descriptors_max = descriptors_.http_descriptors_max;
    server.body_bytes_max = memory_.http_bodies;
    server.reply_bytes_max = memory_.http_replies;
    server.io_threads = static_cast<int>(options.settings.io_threads);
    ASSIGN_OR_RETURN(http_server_, http::Server::bind(server, *routes_, clock_));
    return {};
  }

  // In the order in which they lean on each other: what waits in the writer's queue asks the first two.
  SystemClock clock_;
  DescriptorShares descriptors_;
  MemoryShares memory_;
  std::unique_ptr<operations::Throttle> throttle_;
  std::unique_ptr<operations::CollectionLimit> collections_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<consumers::StoreConsumerGate> gate_;
  std::unique_ptr<streams::StreamServer> stream_server_;
  std::unique_ptr<global_tables::GlobalTables> global_tables_;
  std::unique_ptr<storage::Upkeep> upkeep_;
  http::Router router_;
  std::unique_ptr<api::IntentObserver> intents_;  // nullptr: nobody asks
  std::optional<http::Routes> routes_;
  std::unique_ptr<http::Server> http_server_;
};

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

int run_serve(const RegionOptions& options) {
  const SignalGuard signals;  // before any thread starts, so that all of them leave the signals to us
  auto region = Region::open(options);
  if (!region.ok()) {
    fmt::print(stderr, "gyre serve {}: {}\n", options.region.name(), region.error().message);
    return process::kExitStayDown;  // a supervisor restarts what died, not what cannot work
  }
  (*region)->start();
  log_info("serving {} on port {}, streams on {}", options.settings.encrypted() ? "HTTPS" : "HTTP",
           (*region)->http_port(), (*region)->stream_endpoint());
  fmt::print("ready\n");
  std::fflush(stdout);
  signals.wait();
  log_info("stopping");
  (*region)->stop();
  return 0;
}

}  // namespace gyre::cli
