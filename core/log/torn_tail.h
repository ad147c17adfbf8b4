// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/files/folder.h"
#include "core/log/segment_format.h"

namespace gyre::log {

/// A later frame that vouches for one that is bad.
struct Witness {
  std::uint64_t offset = 0;
  FrameNumber frame{};
  FrameNumber synced_through{};
};

/// Frame `due` is bad. Searches the segment from `from` on for a frame's header that says that frame `due`
/// was durable: then it is damaged. nullopt: it was never acknowledged, nor was anything behind it.
Result<std::optional<Witness>> find_witness(const files::File& file, const SegmentHeader& segment,
                                            std::uint64_t from, FrameNumber due);

}  // namespace gyre::log
