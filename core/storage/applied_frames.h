// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/engine/engine.h"
#include "core/log/log.h"

namespace gyre::storage {

// The engine follows the log: the one way from a frame to rows, which knows no schema.

/// Applies the row operations of a frame, and that it has come to `position`, in one batch. What the frame
/// says was filled before it is there already. kCorruption if the frame speaks of what is not there.
Status apply_frame(Engine& engine, const log::FrameView& frame, const log::FramePosition& position);

/// How far the engine has come; nullopt: it has not begun.
Result<std::optional<log::FramePosition>> applied(const Engine& engine);
/// How far what a crash would leave of it has come; frame 0: it has nothing.
Result<log::FrameNumber> flushed_through(const Engine& engine);

/// Applies all frames behind what the engine has, and fills what they say was filled. After a start; nothing
/// else writes.
Status catch_up(Engine& engine, const log::Log& log);

}  // namespace gyre::storage
