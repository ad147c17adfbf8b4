// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/command_tree.h"

namespace gyre::cli {

/// What to say of a command line (without the program's name) that was refused: the unknown command or option
/// with the one that was probably meant, or else `reason`; and where there is help. Whole lines.
std::string usage_error(const CommandTree& tree, std::span<const std::string> arguments,
                        std::string_view reason);

}  // namespace gyre::cli
