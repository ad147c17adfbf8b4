// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "consumers/plugin_abi.h"
#include "core/base/result.h"

namespace gyre::consumers {

/// The ABI versions that this host speaks, both included.
inline constexpr std::uint32_t kHostAbiMin = 1;
inline constexpr std::uint32_t kHostAbiMax = GYRE_PLUGIN_ABI_VERSION;

/// A loaded plugin: what it offers, and the ABI version agreed on. A value; the library stays until the
/// process ends, since unloading code that may have left threads or destructors behind is not safe.
struct PluginLibrary {
  const gyre_plugin* table = nullptr;
  std::uint32_t abi_version = 0;
  std::string path;
};

/// Loads a shared library and agrees on a version. Each way to fail is a kValidation of one line that says
/// what to do.
Result<PluginLibrary> load_plugin(const std::string& path);

/// The version both sides speak: the newest that lies in both ranges. kValidation if there is none, or if the
/// table is too short or lacks a function. `path` is for the message.
Result<std::uint32_t> negotiate_abi(const gyre_plugin* table, const std::string& path);

}  // namespace gyre::consumers
