// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/files/folder.h"
#include "core/log/segment.h"

namespace gyre::log {

/// What is in a segment's file. Needs no log, and changes nothing: for who looks at a log that does not
/// start.
struct SegmentReport {
  SegmentNumber number{};
  std::optional<SegmentHeader> header;
  std::optional<Opening> opening;  ///< none, and no problem: prepared and not used
  std::uint64_t frame_count = 0;   ///< that are good, from the first on
  FrameNumber last_frame{};
  std::uint64_t record_count = 0;
  std::uint64_t frames_end = 0;
  std::optional<Trailer> trailer;  ///< of a sealed one
  /// Empty: all of it is as it was written, or it is not sealed, nor is a later one, nor is its file shorter
  /// than it was, and it ends in what may be a torn tail.
  std::string problem;
  std::uint64_t file_bytes = 0;
};

/// The segments in a folder, in order. If the log is in use: as they were at one moment, about; what is
/// missing between two of them is missing.
Result<std::vector<SegmentNumber>> list_segments(const files::Folder& folder);
/// Reads all of one, and checks every byte; of a sealed one also the Merkle root and the hashes. What is
/// healthy before a damage is counted. Memory: a frame, and of what the frames hold about 20 bytes for each
/// record and 400 for each shard; never more because the file says so.
Result<SegmentReport> verify_segment(files::Folder& folder, SegmentNumber number);
/// `number` was found without the end of a sealed segment. Segments are sealed in order: if a later one is
/// sealed, that end is lost, and this says so. Empty: nothing is lost. The log may be in use.
Result<std::string> lost_end(files::Folder& folder, SegmentNumber number);
/// That `second` continues `first`; else why not.
std::string why_not_continued(const SegmentReport& first, const SegmentReport& second);

}  // namespace gyre::log
