// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/files/folder.h"
#include "core/log/checksums.h"
#include "core/log/frame_walk.h"
#include "core/log/log_state.h"
#include "core/log/merkle.h"

namespace gyre::log {

/// The hashes of a segment, from its frames in order.
class SegmentHashes {
 public:
  void add(const FrameView& frame);
  Hash merkle_root() const { return tree_.root(); }
  /// Once.
  Hash frames_hash() { return frames_.finish(); }

 private:
  MerkleTree tree_;
  Hasher frames_;
};

/// Seals the oldest closed segment that is not sealed. False: there is none. One thread at a time, beside the
/// appender and readers. Reads and checks the whole segment: kCorruption, with the place. A failed sync ends
/// the log.
Result<bool> seal_oldest(LogState& state);

}  // namespace gyre::log
