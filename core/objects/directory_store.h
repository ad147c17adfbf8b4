// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/objects/object_store.h"

namespace gyre::objects {

/// Objects as files of a folder, which is made if it is not there (its parent must be). An object is written
/// and synced under a name that begins with a dot, gets its own name at once, and then the folder is synced:
/// a crash leaves all of it or nothing, and perhaps the file with the dot, which nobody reads. kInternal if
/// `path` is no folder.
Result<std::unique_ptr<ObjectStore>> open_directory_store(const std::string& path);

}  // namespace gyre::objects
