// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "cli/topology.h"

namespace gyre::cli {

/// Where regions serve, and what a person pastes to begin with the first of them: lines for standard output.
/// At least one region.
std::string greeting(std::span<const RegionEntry> regions);

}  // namespace gyre::cli
