// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/log/frame_walk.h"
#include "core/log/log_options.h"

namespace gyre::log {

/// A frame that was appended: where it lies, and what FrameView::read wants.
struct AppendedFrame {
  FramePosition position;
  Memory bytes;
  std::uint64_t salt = 0;
};

}  // namespace gyre::log
