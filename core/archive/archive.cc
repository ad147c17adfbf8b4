// SPDX-License-Identifier: Apache-2.0
#include "core/archive/archive.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "core/archive/archive_folder.h"
#include "core/log/record_reader.h"

namespace gyre::archive {
namespace {

constexpr std::uint64_t kRecordsPerStep = 1024;

log::Segment as_segment(const SegmentIndex& index, std::shared_ptr<files::File> file) {
  log::Segment segment;
  segment.header = index.header;
  segment.opening = index.opening;
  segment.file = std::move(file);
  segment.summary = index.trailer.summary;
  segment.trailer = index.trailer;
  return segment;
}

struct Range {
  SequenceNumber from;
  SequenceNumber to;
};

// False: `visit` wants no more.
Result<bool> read_run(const log::Segment& segment, const log::ShardRow& row, Range range,
                      const Archive::Visit& visit) {
  for (std::uint64_t done = 0; done < row.run.count();) {
    const Ordinal from(row.run.first_ordinal.value() + done);
    const std::uint64_t count = std::min(kRecordsPerStep, row.run.count() - done);
    ASSIGN_OR_RETURN(const auto positions, log::read_positions(segment, row, from, count));
    if (positions.empty()) return Error::corruption("the segment's footer has no position of a record");
    std::vector<log::Memory> memory;
    log::RecordReader reader(*segment.file, segment.number(), memory,
                             segment.trailer->file_bytes / std::max<std::uint64_t>(row.run.count(), 1));
    for (const std::uint32_t position : positions) {
      const Ordinal due(row.run.first_ordinal.value() + done++);
      ASSIGN_OR_RETURN(const log::Entry entry, reader.read({.position = position}, row.shard, due));
      if (entry.head.sequence < range.from) continue;
      if (entry.head.sequence > range.to) return true;
      ASSIGN_OR_RETURN(const bool more, visit(segment.number(), entry));
      if (!more) return false;
      memory.clear();  // the reader keeps its newest window
    }
  }
  return true;
}

}  // namespace

Archive::Archive(objects::ObjectStore& store, Identity identity, log::SegmentNumber last)
    : store_(store), identity_(identity), last_(last), folder_(make_archive_folder(store)) {}

Result<std::unique_ptr<Archive>> Archive::open(objects::ObjectStore& store) {
  ASSIGN_OR_RETURN(const Identity identity, read_object(store, kIdentityKey, decode_identity));
  ASSIGN_OR_RETURN(const std::uint64_t last,
                   last_number(store, kIndexPrefix, ".index", identity.first_segment.value()));
  return std::unique_ptr<Archive>(new Archive(store, identity, log::SegmentNumber(last)));
}

std::uint64_t Archive::segment_count() const {
  return last_ == log::SegmentNumber() ? 0 : last_.value() - first().value() + 1;
}

Result<SegmentIndex> Archive::index(log::SegmentNumber number) const {
  CHECK(first() <= number && number <= last_);
  ASSIGN_OR_RETURN(SegmentIndex index, read_object(store_, index_key(number), decode_index));
  if (index.number() != number || index.header.incarnation != identity_.incarnation) {
    return Error::corruption(index_key(number) + ": it is that of another segment");
  }
  return index;
}

Result<std::optional<log::SegmentNumber>> Archive::find_first(
    const std::function<bool(const SegmentIndex&)>& is_there) const {
  std::uint64_t low = 0;
  std::uint64_t high = segment_count();
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const SegmentIndex found, index(log::SegmentNumber(first().value() + middle)));
    (is_there(found) ? high : low) = is_there(found) ? middle : middle + 1;
  }
  if (low == segment_count()) return std::optional<log::SegmentNumber>();
  return std::optional(log::SegmentNumber(first().value() + low));
}

Result<std::optional<log::SegmentNumber>> Archive::find_sequence(SequenceNumber sequence) const {
  return find_first(
      [&](const SegmentIndex& index) { return index.trailer.summary.last_sequence >= sequence; });
}

Result<std::optional<log::SegmentNumber>> Archive::find_time(std::uint64_t commit_ms) const {
  return find_first(
      [&](const SegmentIndex& index) { return index.trailer.summary.last_commit_ms >= commit_ms; });
}

Status Archive::read_shard(ShardId shard, SequenceNumber from, SequenceNumber to, const Visit& visit) const {
  ASSIGN_OR_RETURN(const auto begin, find_sequence(from));
  if (!begin) return {};
  for (std::uint64_t number = begin->value(); number <= last_.value(); ++number) {
    ASSIGN_OR_RETURN(const SegmentIndex found, index(log::SegmentNumber(number)));
    if (found.opening.sequence_before >= to) return {};
    const auto row =
        std::lower_bound(found.shards.begin(), found.shards.end(), shard,
                         [](const log::ShardRow& one, ShardId other) { return one.shard < other; });
    if (row == found.shards.end() || row->shard != shard) continue;
    if (row->run.last_sequence < from || row->run.first_sequence > to) continue;
    ASSIGN_OR_RETURN(auto file, folder_->open(log::segment_name(found.number())));
    ASSIGN_OR_RETURN(const bool more, read_run(as_segment(found, std::move(file)), *row, {from, to}, visit));
    if (!more) return {};
  }
  return {};
}

Result<std::uint64_t> last_number(objects::ObjectStore& store, const std::string& prefix,
                                  std::string_view suffix, std::uint64_t first) {
  std::uint64_t due = first;
  std::optional<std::string> after = "";
  while (after) {
    ASSIGN_OR_RETURN(const objects::ObjectPage page, store.list(prefix, *after));
    for (const objects::ObjectInfo& object : page.objects) {
      const auto number = number_in(object.key, prefix, suffix);
      if (!number || *number < first)
        return Error::corruption(object.key + " is none of the archive's objects");
      if (*number != due) {
        return Error::corruption(fmt::format("{}{:016}{} is missing", prefix, due, suffix));
      }
      ++due;
    }
    after = page.next;
  }
  return due == first ? 0 : due - 1;
}

Status create_same(objects::ObjectStore& store, const std::string& key, const std::string& bytes) {
  ASSIGN_OR_RETURN(const objects::Created created, store.create(key, bytes));
  if (created == objects::Created::kCreated) return {};
  ASSIGN_OR_RETURN(const std::string there, store.get(key, 0, bytes.size() + 1));
  return there == bytes ? Status() : Status(taken(key));
}

Error taken(const std::string& key) {
  return Error::corruption(key + ": the archive has something else there");
}

}  // namespace gyre::archive
