// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"

namespace gyre::files {

// Files and directories of the local file system as wholes, for backups. Any thread; calls block. Errors name
// the path: kUnavailable when there is no space, kValidation when something is in the way, kInternal for the
// rest. Names that an Error leaves behind are those that were there before.

/// Gives a file that nobody changes any more a second name. Where it cannot have one (on another file system,
/// or with too many names), `to` becomes a copy, whose bytes are durable. The name is durable once its folder
/// was synced.
Status link_or_copy(const std::string& from, const std::string& to);

/// The directory `from`, of files and directories that nobody changes any more, gets the name `to`, durably
/// and at once, also in a crash. `to` is not there, or is an empty directory. On another file system it
/// becomes a copy.
Status move_directory(const std::string& from, const std::string& to);

/// The same by copying, and `from` stays. A copy is called `to`.partial while it is made.
Status copy_directory(const std::string& from, const std::string& to);

/// Makes the names in a directory durable.
Status sync_directory(const std::string& path);

}  // namespace gyre::files
