// SPDX-License-Identifier: Apache-2.0
#include "core/log/recent_frames.h"

#include <algorithm>
#include <utility>

namespace gyre::log {

void RecentFrames::add(Frame frame) {
  CHECK(frame.bytes != nullptr && !frame.bytes->empty());
  CHECK(frames_.empty() ||
        std::pair(frames_.back().segment, frames_.back().offset) < std::pair(frame.segment, frame.offset));
  bytes_ += frame.bytes->size();
  frames_.push_back(std::move(frame));
  while (bytes_ > bytes_max_) {
    bytes_ -= frames_.front().bytes->size();
    frames_.pop_front();
  }
}

const RecentFrames::Frame* RecentFrames::find(SegmentNumber segment, std::uint64_t offset) const {
  const auto after = std::upper_bound(
      frames_.begin(), frames_.end(), std::pair(segment, offset),
      [](const auto& sought, const Frame& frame) { return sought < std::pair(frame.segment, frame.offset); });
  if (after == frames_.begin()) return nullptr;
  const Frame& frame = *std::prev(after);
  const bool holds = frame.segment == segment && offset < frame.offset + frame.bytes->size();
  return holds ? &frame : nullptr;
}

}  // namespace gyre::log
