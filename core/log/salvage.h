// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/log/frame_walk.h"
#include "core/log/verify.h"

namespace gyre::log {

/// Goes through one segment as far as it can be read: what is damaged is named and passed over. Needs no log,
/// and changes nothing. One thread.
class Salvage {
 public:
  /// kCorruption, with the place: header or opening cannot be read, so nothing of the segment can.
  static Result<Salvage> open(files::Folder& folder, SegmentNumber number);

  struct Step {
    std::optional<WalkedFrame> frame;  ///< its entries' bytes were not looked at: entry_is_intact
    std::string damage;                ///< in place of a frame: what could not be read, with the place
  };
  /// The next frame that can be read, or what cannot; nullopt: the end. Behind the last frame of a segment
  /// that is not sealed there may be bytes of a write that never ended: these are the end.
  Result<std::optional<Step>> next();
  /// Whether the segment ends as a sealed one does.
  bool is_sealed() const { return is_sealed_; }

 private:
  Salvage(std::shared_ptr<files::File> file, SegmentHeader header, Opening opening, std::uint64_t end,
          bool is_sealed);
  Result<std::optional<WalkStart>> find_frame(std::uint64_t from) const;

  std::shared_ptr<files::File> file_;
  SegmentHeader header_;
  Opening opening_;
  std::uint64_t end_;
  bool is_sealed_;
  std::unique_ptr<FrameWalk> walk_;  // nullptr: at the end
};

}  // namespace gyre::log
