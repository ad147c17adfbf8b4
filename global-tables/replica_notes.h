// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "global-tables/membership.h"

namespace gyre::global_tables {

/// Of lives that ended and are still read here: how many records are left, as far as their region told.
using Backlogs = std::map<IncarnationId, std::uint64_t>;

/// What each other member of this region's group waits for, in a sentence, by region. A member for which
/// nothing is left to do has none. Pure.
std::map<RegionId, std::string> replica_notes(const TableSchema& table, const RegionId& self,
                                              const PeerCatalogs& peers, const Backlogs& backlogs);

}  // namespace gyre::global_tables
