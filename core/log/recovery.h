// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/files/folder.h"
#include "core/log/log_options.h"
#include "core/log/log_state.h"

namespace gyre::log {

struct Recovered {
  LogState::Start start;
  std::uint64_t chain = 0;  ///< what the next frame carries
};

/// Reads the log that is in `folder`, cuts a torn tail, and writes and syncs again what was perhaps not
/// durable (README.md, "Torn tails and damage"). `applied`: how far the engine came; nullopt: do not compare.
/// kCorruption names segment, offset and frame.
Result<Recovered> recover_log(files::Folder& folder, const LogOptions& options,
                              const std::optional<FramePosition>& applied);

}  // namespace gyre::log
