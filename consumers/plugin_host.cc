// SPDX-License-Identifier: Apache-2.0
#include "consumers/plugin_host.h"

#include <fmt/core.h>

#include "consumers/checkpoint.h"
#include "consumers/consumer_runner.h"
#include "consumers/plugin_library.h"
#include "consumers/plugin_session.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/process/exit_code.h"
#include "streams/transport/stream_client.h"

namespace gyre::consumers {

namespace {

Status run(const PluginHostOptions& options) {
  RETURN_IF_ERROR(check_consumer_name(options.consumer));
  ASSIGN_OR_RETURN(const PluginLibrary library, load_plugin(options.library));
  log_info("plugin {} {} (plugin ABI version {}) consumes table {} as {}", library.table->name,
           library.table->version, library.abi_version, options.table, options.consumer);
  const SystemClock clock;
  ASSIGN_OR_RETURN(const auto client, streams::StreamClient::connect(
                                          options.endpoint, "consumer " + options.consumer, clock, nullptr));
  ConsumerRunner runner({.table = options.table, .consumer = options.consumer}, *client, clock);
  const auto factory = [&](const std::string& region) -> Result<std::unique_ptr<BatchConsumer>> {
    ASSIGN_OR_RETURN(auto session, PluginSession::create(library, {region, options.table, options.consumer}));
    return std::unique_ptr<BatchConsumer>(std::move(session));
  };
  return runner.run(factory, *options.stop);
}

}  // namespace

int run_plugin_host(const PluginHostOptions& options) {
  const Status outcome = run(options);
  if (outcome.ok()) return 0;
  log_error("consumer {} stops: {}", options.consumer, outcome.error().message);
  return process::kExitStayDown;
}

}  // namespace gyre::consumers
