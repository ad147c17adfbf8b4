// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre::cli {

/// Small files whole. Errors name the file and the system's reason.
Result<std::string> read_file(const std::string& name);
/// Replaces the file as a whole: readers see the old text or the new.
Status write_file(const std::string& name, std::string_view text);
/// Makes the directory and its parents, and checks that files can be made in it.
Status make_writable_directory(const std::string& name);

}  // namespace gyre::cli
