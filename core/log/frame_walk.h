// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/files/folder.h"
#include "core/log/frame_view.h"
#include "core/log/segment_format.h"

namespace gyre::log {

/// Bytes that stay for as long as somebody holds them: what was read, or written, in one piece. Shared by all
/// whose views lie in it.
using Memory = std::shared_ptr<const std::string>;

/// Where a walk begins.
struct WalkStart {
  std::uint64_t offset = kFramesOffset;
  FrameNumber frame{};
  SequenceNumber sequence_before{};
  std::optional<std::uint64_t> chain{};  ///< what the first frame must carry; nullopt: not known
};
WalkStart start_of(const Opening& opening);

struct WalkedFrame {
  std::uint64_t offset = 0;
  FrameView view;
  Memory memory;  ///< that the view lies in
};

/// Whether a walk looks at the entries' bytes too, or leaves that to who takes them.
enum class Contents { kChecked, kUnchecked };

/// Goes through the frames of one segment in order, reading in large pieces. One thread; the file outlives
/// it.
class FrameWalk {
 public:
  /// `end`: where the frames end at the latest.
  FrameWalk(const files::File& file, const SegmentHeader& segment, const Opening& opening,
            const WalkStart& start, std::uint64_t end, Contents contents);

  /// The next frame; nullopt at the end. kCorruption, with the place: what is there is not the frame that
  /// must come here. Then the walk stays where it is.
  Result<std::optional<WalkedFrame>> next();
  /// What comes next is read anew, up to `end`: in a log that is in use it may have been written since.
  void look_again(std::uint64_t end);

  std::uint64_t offset() const { return at_.offset; }
  /// The number of the next frame.
  FrameNumber due() const { return at_.frame; }
  const WalkStart& at() const { return at_; }

 private:
  Result<WalkedFrame> read_frame();
  Status check_order(const FrameView& frame) const;
  Result<std::string_view> bytes_here(std::uint64_t bytes);

  const files::File& file_;
  const SegmentHeader segment_;
  const Opening opening_;
  std::uint64_t end_;
  const Contents contents_;
  WalkStart at_;
  Memory window_;
  std::uint64_t window_offset_ = 0;
};

}  // namespace gyre::log
