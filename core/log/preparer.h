// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/files/folder.h"
#include "core/log/log_options.h"
#include "core/log/log_state.h"

namespace gyre::log {

/// Makes the next segment ready, if none is: header, space, name, all of it durable. One thread at a time,
/// beside the appender. After an Error nothing is prepared, and it may be tried again.
Status prepare_segment(files::Folder& folder, LogState& state, const LogOptions& options,
                       std::uint64_t space_bytes);

}  // namespace gyre::log
