// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/model/version.h"
#include "global-tables/table_link.h"

namespace gyre::global_tables {

/// How far one table of this region is behind one peer. A value.
struct TableLag {
  std::uint64_t records = 0;
  HybridTime watermark = 0;  ///< every write of the peer up to here is applied here; 0 = not known yet
};
TableLag lag_of(const TableLinkReport& table);

/// Milliseconds from the watermark to now; nullopt if it is not known.
std::optional<std::uint64_t> lag_ms(HybridTime watermark, std::uint64_t now_ms);

}  // namespace gyre::global_tables
