// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_tree.h"

namespace gyre::cli {

/// The shells for which there is completion: bash, zsh, fish.
std::vector<std::string> completion_shells();

/// A script that teaches `shell`, one of completion_shells(), to complete the tree's commands, options,
/// choices and file names.
std::string completion(const CommandTree& tree, std::string_view shell);

}  // namespace gyre::cli
