// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/command_tree.h"

namespace gyre::cli {

/// The manual page gyre(1) in the man macros, for all commands of the tree. `date` as 2026-01-31, or empty.
std::string man_page(const CommandTree& tree, const std::string& version, const std::string& date);

}  // namespace gyre::cli
