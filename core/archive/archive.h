// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "core/archive/layout.h"
#include "core/archive/segment_index.h"
#include "core/files/folder.h"
#include "core/log/entry.h"
#include "core/objects/object_store.h"

namespace gyre::archive {

/// The segments of a log as they are kept in an object store: finds what is in them without reading them.
/// Sees what was archived when it was opened. One thread; the store outlives it. Errors: those of the store;
/// kCorruption names the object.
class Archive {
 public:
  /// kResourceNotFound: there is no archive. kCorruption: the index has a gap.
  static Result<std::unique_ptr<Archive>> open(objects::ObjectStore& store);

  const Identity& identity() const { return identity_; }
  log::SegmentNumber first() const { return identity_.first_segment; }
  /// 0: nothing was archived yet.
  log::SegmentNumber last() const { return last_; }
  std::uint64_t segment_count() const;
  objects::ObjectStore& store() const { return store_; }

  /// Of a segment from first() to last().
  Result<SegmentIndex> index(log::SegmentNumber number) const;
  /// The first segment that ends at this sequence or behind it; nullopt: none does.
  Result<std::optional<log::SegmentNumber>> find_sequence(SequenceNumber sequence) const;
  /// The first segment with commits at this time (milliseconds since 1970) or later; nullopt: there is none.
  Result<std::optional<log::SegmentNumber>> find_time(std::uint64_t commit_ms) const;

  /// Goes through the records of a shard with sequences from `from` to `to`, in order, until `visit` answers
  /// false. Reads of each segment its index, and of those that have such records these.
  using Visit = std::function<Result<bool>(log::SegmentNumber, const log::Entry&)>;
  Status read_shard(ShardId shard, SequenceNumber from, SequenceNumber to, const Visit& visit) const;

 private:
  Archive(objects::ObjectStore& store, Identity identity, log::SegmentNumber last);
  Result<std::optional<log::SegmentNumber>> find_first(
      const std::function<bool(const SegmentIndex&)>& is_there) const;

  objects::ObjectStore& store_;
  const Identity identity_;
  const log::SegmentNumber last_;
  const std::unique_ptr<files::Folder> folder_;
};

/// The highest number below a prefix, and that none before it is missing from `first` on; 0: there are none.
/// kCorruption names what is missing, or what does not belong there.
Result<std::uint64_t> last_number(objects::ObjectStore& store, const std::string& prefix,
                                  std::string_view suffix, std::uint64_t first);
/// A small object, decoded; the error names it.
template <class Decoded>
Result<Decoded> read_object(objects::ObjectStore& store, const std::string& key,
                            Result<Decoded> (*decode)(std::string_view)) {
  ASSIGN_OR_RETURN(const std::string bytes, objects::get_whole(store, key, kSmallObjectBytesMax));
  Result<Decoded> decoded = decode(bytes);
  if (!decoded.ok()) return Error(decoded.error().code, key + ": " + decoded.error().message);
  return decoded;
}

/// Creates a small object; one of the same bytes may be there from an attempt before. kCorruption: another
/// one is.
Status create_same(objects::ObjectStore& store, const std::string& key, const std::string& bytes);
Error taken(const std::string& key);

}  // namespace gyre::archive
