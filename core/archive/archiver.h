// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "core/archive/archive.h"
#include "core/files/folder.h"

namespace gyre::archive {

/// Copies the sealed segments of a log into an object store, one by one, in order. May be interrupted at any
/// moment, also in the middle of a call: another one goes on where the archive ends. Nothing in an archive is
/// ever replaced, and a segment belongs to it once its index is there, which names the index before: so there
/// is no gap, and no segment twice. One thread, at most one archiver at a time; store and folder outlive it.
class Archiver {
 public:
  /// Goes on with the archive in `store`, or will begin one.
  static Result<Archiver> open(objects::ObjectStore& store, files::Folder& log);

  /// Archives the next sealed segment; false: the log has none yet. Checks all of it before. kCorruption: the
  /// segment is damaged, is not the one that follows the archive, or was trimmed before it was archived; the
  /// log is another one than before, or ends before the archive does; or the archive has something else in
  /// the segment's place. kInternal: more shards than an index takes. kUnavailable: `stopping` became true on
  /// the way.
  Result<bool> archive_next(const std::atomic<bool>* stopping = nullptr);
  /// 0: none yet.
  log::SegmentNumber last() const { return last_ ? last_->number() : log::SegmentNumber(); }
  /// nullptr: none yet.
  const SegmentIndex* last_index() const { return last_ ? &*last_ : nullptr; }
  /// 0: not begun.
  log::SegmentNumber first() const { return identity_ ? identity_->first_segment : log::SegmentNumber(); }

 private:
  Archiver(objects::ObjectStore& store, files::Folder& log) : store_(&store), log_(&log) {}
  Status check_log(const std::vector<log::SegmentNumber>& numbers) const;
  Result<SegmentIndex> copy(log::SegmentNumber number, const std::atomic<bool>* stopping);
  Status upload(const files::File& file, const SegmentIndex& index, log::Hash& hash,
                const std::atomic<bool>* stopping);

  objects::ObjectStore* store_;
  files::Folder* log_;
  std::optional<Identity> identity_;  // nullopt: not begun
  std::optional<SegmentIndex> last_;
};

}  // namespace gyre::archive
