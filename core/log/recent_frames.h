// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>

#include "core/log/frame_walk.h"

namespace gyre::log {

/// The newest frames as they were written, up to a number of bytes; beyond it, the oldest go. No lock of its
/// own.
class RecentFrames {
 public:
  explicit RecentFrames(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  struct Frame {
    SegmentNumber segment;
    std::uint64_t offset = 0;  ///< of the frame in the segment
    Memory bytes;
  };
  void add(Frame frame);
  /// The frame that holds what lies at `offset`; nullptr: it is not here.
  const Frame* find(SegmentNumber segment, std::uint64_t offset) const;
  std::size_t size_bytes() const { return bytes_; }

 private:
  const std::size_t bytes_max_;
  std::deque<Frame> frames_;  // oldest first
  std::size_t bytes_ = 0;
};

}  // namespace gyre::log
