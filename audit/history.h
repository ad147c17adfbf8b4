// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/archive/archive.h"
#include "core/files/folder.h"
#include "core/log/entry.h"
#include "core/storage/change_record.h"

namespace gyre::audit {

/// Which part of the past.
struct Bounds {
  SequenceNumber from{};             ///< included
  SequenceNumber to{UINT64_MAX};     ///< included
  std::uint64_t from_ms = 0;         ///< commit time, included
  std::uint64_t to_ms = UINT64_MAX;  ///< commit time, excluded
  bool has(SequenceNumber sequence, std::uint64_t commit_ms) const {
    return from <= sequence && sequence <= to && from_ms <= commit_ms && commit_ms < to_ms;
  }
};

enum class Order { kOldToNew, kNewToOld };

struct LocatedRecord {
  log::SegmentNumber segment;
  bool archived = false;  ///< else it is in the log alone
  storage::ChangeRecord record;
};

/// All change records that an archive and a log have, as one list (README.md). Sees what was there when it
/// was opened. One thread; store and folder outlive it.
class History {
 public:
  /// One of them may be nullptr. kValidation: they are of two logs. kCorruption: the archive has a gap, or
  /// segments are in neither. kResourceNotFound: there is nothing.
  static Result<History> open(objects::ObjectStore* archive, files::Folder* log);

  /// Goes through the records within `bounds` until `visit` answers false. kCorruption names the place.
  using Visit = std::function<Result<bool>(LocatedRecord)>;
  Status read(const Bounds& bounds, Order order, const Visit& visit) const;
  /// Those of one shard alone, from old to new: of the archive only their segments are read.
  Status read_shard(ShardId shard, const Visit& visit) const;

  /// nullptr: there is none.
  const archive::Archive* archive() const { return archive_.get(); }

 private:
  struct Source {
    log::SegmentNumber number;
    bool archived = false;
  };
  History() = default;
  Result<std::size_t> first_source(const Bounds& bounds) const;
  files::Folder& folder_of(const Source& source) const { return source.archived ? *archived_ : *log_; }
  Result<bool> read_segment(const Source& source,
                            const std::function<Result<bool>(const log::Entry&)>& visit) const;

  std::unique_ptr<archive::Archive> archive_;
  std::unique_ptr<files::Folder> archived_;
  files::Folder* log_ = nullptr;
  std::vector<Source> sources_;  // in order
};

}  // namespace gyre::audit
