// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "core/log/appended_frame.h"
#include "core/log/frame_builder.h"
#include "core/log/log_options.h"
#include "core/log/log_state.h"

namespace gyre::log {

/// Writes frames, and makes them durable. One thread at a time. Nothing of a frame is visible before its
/// sync.
class Appender {
 public:
  /// `chain`: what the next frame carries.
  Appender(LogState& state, const LogOptions& options, std::uint64_t chain);

  Result<AppendedFrame> append(FrameBuilder& frame, const CommitStamp& stamp);
  Status sync();
  Status close_segment();
  bool has_room(std::uint64_t frame_bytes) const;

 private:
  void check_order(const FrameBuilder& frame, const CommitStamp& stamp) const;
  bool fits(std::uint64_t frame_bytes) const;
  Status make_room(std::uint64_t frame_bytes);
  void open_segment();
  Status write(const std::string& frame);
  Error die(const Error& error);

  LogState& state_;
  const LogOptions& options_;
  FramePosition last_;  // appended, perhaps not synced
  FrameNumber synced_through_;
  std::uint64_t chain_;
  SegmentPointer segment_;  // whose file is written; the state changes the rest
  std::uint64_t end_ = 0;   // of the frames, synced or not
  bool opening_written_ = false;
  std::vector<PublishedFrame> pending_;
  std::unordered_map<ShardId, ShardHead> pending_heads_;
};

}  // namespace gyre::log
