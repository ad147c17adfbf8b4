// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/files/folder.h"

namespace gyre::files {

/// A folder of the local file system, made if it is not there (its parent must be). Everything goes through
/// one descriptor of the folder, so renaming the folder itself changes nothing.
Result<std::unique_ptr<Folder>> open_local_folder(const std::string& path);

}  // namespace gyre::files
