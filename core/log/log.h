// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/files/folder.h"
#include "core/log/appended_frame.h"
#include "core/log/frame_builder.h"
#include "core/log/frame_stream.h"
#include "core/log/log_options.h"
#include "core/log/log_reader.h"
#include "core/log/trimmer.h"

namespace gyre::log {

/// The change log of a region: frames that are appended, synced, read, sealed and trimmed (README.md). Lies
/// in a folder, which is the seam to the world and outlives it.
///
/// Threads: append(), sync(), close_segment() and stop() on one thread at a time, the appender's; sync() may
/// run on another one, while the next frame is built but not appended. prepare(), seal() and trim() on one
/// thread at a time, the upkeep's, beside the appender. All that reads on any thread. What is appended is
/// visible to readers once it is durable.
///
/// After a failed write or sync the log is dead: append and sync answer kOutcomeUnknown from then on, reading
/// goes on, and the process ends; recovery decides what happened.
class Log {
 public:
  /// Opens the log in `folder`, or begins one if it is empty. `applied`: how far the engine came, which must
  /// be in the log; nullopt: do not compare. kCorruption, with segment, offset and frame: damage, or an
  /// engine ahead of the log. Reads what is not sealed, and writes and syncs the tail again. The next segment
  /// is ready.
  static Result<std::unique_ptr<Log>> recover(files::Folder& folder, LogOptions options,
                                              const std::optional<FramePosition>& applied);
  ~Log();

  // --- the appender's thread ---
  /// Writes what was built as the next frame, and answers where and how; `frame` is empty then. Not durable
  /// before sync(). kUnavailable: the next segment is not ready; nothing was written, try again after
  /// prepare(). kRequestTooLarge: more than limits::kLogFrameBytesMax; nothing was written. After these the
  /// builder is as it was.
  Result<AppendedFrame> append(FrameBuilder& frame, const CommitStamp& stamp);
  /// All that was appended becomes durable, and then visible to readers.
  Status sync();
  /// Ends the present segment, so that it can be sealed and archived. The next append begins another.
  Status close_segment();
  /// Ends and seals everything. For a clean stop.
  Status stop();
  /// An append of so many bytes finds its segment ready.
  bool has_room(std::uint64_t frame_bytes) const;
  /// The segment after the present one is ready.
  bool next_is_ready() const;

  // --- the upkeep's thread ---
  /// Makes the next segment ready if it is not. kUnavailable: no space; to be tried again.
  Status prepare();
  /// Seals the oldest segment that is closed; false: there is none. Reads all of it. kUnavailable: no space;
  /// to be tried again.
  Result<bool> seal();
  /// What may leave. The caller commits that the shards lose their records, and then calls trim().
  TrimPlan plan_trim(const TrimPolicy& policy) const;
  Status trim(SegmentNumber through);

  // --- any thread ---
  Status alive() const;
  /// The last durable frame.
  FramePosition last() const;
  /// A shard's first ordinal and head; nullopt: it has no record in the log.
  std::optional<ShardEnds> ends(ShardId shard) const;
  /// Shards by cursor.
  const LogReader& reader() const;
  /// All frames after `after`, whatever the shards.
  FrameStream stream(FrameNumber after, Contents contents) const;
  /// Where to begin a stream that shows all records with sequences >= `sequence`.
  Result<FrameNumber> frame_before(SequenceNumber sequence) const;
  /// Closed segments, oldest first: to be archived, or linked into a backup.
  SegmentList closed_segments() const;
  /// What its frames take, about.
  std::uint64_t bytes() const;
  /// About what it holds of the newest frames.
  std::size_t recent_bytes() const;

 private:
  struct Parts;
  explicit Log(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace gyre::log
