// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "consumers/delivery.h"
#include "consumers/plugin_abi.h"
#include "core/json/json_reader.h"

/// What the opaque image of plugin_abi.h is: the encoding, and what was derived from it at a plugin's
/// request. The texts made for attributes live as long as the image, since the plugin holds views of them.
struct gyre_image {
  explicit gyre_image(std::string_view bytes) : encoded(bytes) {}
  std::string_view encoded;
  mutable std::optional<std::string> json;
  mutable std::deque<std::string> texts;
};

/// What the opaque result is: the outcome so far, and the first thing that the plugin did wrong.
struct gyre_result {
  gyre::consumers::Outcome outcome;
  std::optional<gyre::Error> broken;
  std::size_t write_bytes = 0;
  gyre::json::Parser parser;
};

namespace gyre::consumers {

inline gyre_text to_text(std::string_view view) {
  return {view.data(), view.size()};
}
inline std::string_view to_view(gyre_text text) {
  return text.data ? std::string_view(text.data, text.size) : "";
}

/// Fills in every function of the host's table. They are called by plugins, so they never throw and trust no
/// argument but the opaque pointers.
void set_host_functions(gyre_host& host);

}  // namespace gyre::consumers
