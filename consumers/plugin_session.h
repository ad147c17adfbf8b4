// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "consumers/delivery.h"
#include "consumers/plugin_library.h"
#include "core/base/result.h"

namespace gyre::consumers {

/// Whom a plugin's instance works for.
struct PluginIdentity {
  std::string region;
  std::string table;
  std::string consumer;
};

/// One instance of a plugin: turns deliveries into calls of plugin_abi.h and what they leave behind into
/// outcomes. Made, used and destroyed on one thread.
class PluginSession final : public BatchConsumer {
 public:
  /// kValidation if the plugin's create() refuses.
  static Result<std::unique_ptr<PluginSession>> create(const PluginLibrary& library, PluginIdentity identity);
  ~PluginSession() override;

  Result<Outcome> deliver(const Delivery& delivery) override;

 private:
  PluginSession(const PluginLibrary& library, PluginIdentity identity);

  const PluginLibrary library_;
  const PluginIdentity identity_;
  gyre_host host_;
  bool created_ = false;
  void* instance_ = nullptr;
};

}  // namespace gyre::consumers
