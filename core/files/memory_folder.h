// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/files/folder.h"

namespace gyre::files {

/// A folder that lives as long as it is held, for stores that are to leave nothing behind. A sync costs
/// nothing. It takes what it is given: whoever writes keeps to a bound. Any thread. (For tests of what a disk
/// may do, memory_disk.h.)
std::shared_ptr<Folder> make_memory_folder();

}  // namespace gyre::files
