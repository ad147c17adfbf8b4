// SPDX-License-Identifier: Apache-2.0
#include "consumers/plugin_library.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>

#include <fmt/core.h>

namespace gyre::consumers {

namespace {

constexpr const char* kQuerySymbol = "gyre_plugin_query";

std::string range_text(std::uint32_t first, std::uint32_t last) {
  return first == last ? fmt::format("{}", first) : fmt::format("{} to {}", first, last);
}

// dlerror's text, on one line.
std::string loader_message() {
  const char* message = dlerror();
  std::string text = message ? message : "unknown error";
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

Result<std::uint32_t> negotiate_abi(const gyre_plugin* table, const std::string& path) {
  if (table == nullptr) {
    return Error::validation(
        fmt::format("plugin {}: it refuses to work with plugin ABI version {}, the newest that this gyre "
                    "speaks; use a newer gyre or an older build of the plugin",
                    path, kHostAbiMax));
  }
  // The version range is the oldest part of the table: it may be read before anything else is known.
  if (table->size < offsetof(gyre_plugin, name)) {
    return Error::validation(
        fmt::format("plugin {}: its table has {} bytes, which is no gyre_plugin", path, table->size));
  }
  if (table->abi_min > table->abi_max || table->abi_max < kHostAbiMin || table->abi_min > kHostAbiMax) {
    return Error::validation(
        fmt::format("plugin {}: it was made for plugin ABI version {}, this gyre speaks {}; rebuild the "
                    "plugin with this gyre's plugin_abi.h",
                    path, range_text(table->abi_min, table->abi_max), range_text(kHostAbiMin, kHostAbiMax)));
  }
  if (table->size < offsetof(gyre_plugin, destroy) + sizeof(table->destroy) || !table->create ||
      !table->process || !table->destroy) {
    return Error::validation(fmt::format("plugin {}: its table lacks create, process or destroy", path));
  }
  return std::min(table->abi_max, kHostAbiMax);
}

Result<PluginLibrary> load_plugin(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::path absolute = std::filesystem::absolute(path, ignored);
  if (!std::filesystem::exists(absolute, ignored)) {
    return Error::validation(fmt::format("plugin {}: no such file", path));
  }
  // RTLD_NOW: a missing symbol shows here, not in the middle of a batch. RTLD_LOCAL: plugins do not see each
  // other.
  void* const handle = dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return Error::validation(fmt::format("plugin {}: it cannot be loaded: {}", path, loader_message()));
  }
  void* const symbol = dlsym(handle, kQuerySymbol);
  if (symbol == nullptr) {
    return Error::validation(
        fmt::format("plugin {}: it does not export {}; is it a Gyre plugin?", path, kQuerySymbol));
  }
  const auto query = reinterpret_cast<gyre_plugin_query_function>(symbol);
  PluginLibrary library{.table = query(kHostAbiMax), .path = path};
  ASSIGN_OR_RETURN(library.abi_version, negotiate_abi(library.table, path));
  return library;
}

}  // namespace gyre::consumers
