// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace gyre::http {

/// The most that a reply may come to, known before it is made. Nothing: it is small.
struct ReplyRoom {
  std::size_t bytes = 0;
  /// Set aside until the reply is known, as for a page that takes a while to read. Otherwise only looked for:
  /// the request is run unless replies hold twice the memory that there is for them.
  bool set_aside = false;
};

}  // namespace gyre::http
