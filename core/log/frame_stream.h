// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "core/log/frame_walk.h"
#include "core/log/log_state.h"

namespace gyre::log {

struct StreamedFrame {
  SegmentNumber segment;
  WalkedFrame frame;
};

/// Goes through the log frame by frame, whatever the shards: for the engine that follows, and for readers of
/// many shards at once, who pass over each segment a single time. Sees durable frames alone. One thread;
/// outlived by the log.
class FrameStream {
 public:
  /// From the frame after `after` on. Contents::kUnchecked: who takes an entry looks at it (entry_is_intact).
  FrameStream(const LogState& state, FrameNumber after, Contents contents);

  /// nullopt: the end; later there may be more. kTrimmed: the next frame is not kept any more. kCorruption,
  /// with the place.
  Result<std::optional<StreamedFrame>> next();
  FrameNumber due() const { return due_; }

 private:
  Result<bool> find_place();

  const LogState& state_;
  const Contents contents_;
  FrameNumber due_;
  SegmentPointer segment_;  // keeps the file open
  std::uint64_t end_ = 0;
  std::optional<FrameWalk> walk_;
};

/// The frame before the first one that has sequences >= `sequence` or is at the end: where to begin to see
/// all records from there on.
Result<FrameNumber> frame_before(const LogState& state, SequenceNumber sequence);

}  // namespace gyre::log
