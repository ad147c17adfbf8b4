// SPDX-License-Identifier: Apache-2.0
#include "core/log/record_reader.h"

#include <algorithm>

#include "core/base/hash.h"
#include "core/base/limits.h"

namespace gyre::log {
namespace {

// A window begins so far before a record's row: the record's bytes are there, in front of the table.
constexpr std::uint64_t kBeforeRow = 32 * 1024;
// Records that are farther apart are read one by one.
constexpr std::uint64_t kDenseSpacing = limits::kLogReadWindowBytes / 16;
static_assert(is_aligned(kBeforeRow));

}  // namespace

RecordReader::RecordReader(const files::File& file, SegmentNumber segment, std::vector<Memory>& memory,
                           std::uint64_t spacing_bytes)
    : file_(file), segment_(segment), memory_(memory), dense_(spacing_bytes <= kDenseSpacing) {}

Result<EntryRow> RecordReader::read_row(const RecordPlace& place, ShardId shard, Ordinal ordinal) {
  const std::uint64_t offset = to_offset(place.position);
  const auto wrong = [&](const Error& error) { return at_place(segment_, offset, FrameNumber(), error); };
  const auto bytes = bytes_at(place, offset, kRowBytes);
  if (!bytes.ok()) return wrong(bytes.error());
  const auto row = decode_row(*bytes);
  if (!row.ok()) return wrong(row.error());
  if (row->head.shard != shard || row->head.ordinal != ordinal) {
    return wrong(Error::corruption("here is not record " + std::to_string(ordinal.value()) + " of shard " +
                                   std::to_string(shard.value())));
  }
  if (row->distance > offset - kFramesOffset)
    return wrong(Error::corruption("a record is outside of its segment"));
  return *row;
}

Result<Entry> RecordReader::read(const RecordPlace& place, ShardId shard, Ordinal ordinal) {
  ASSIGN_OR_RETURN(const EntryRow row, read_row(place, shard, ordinal));
  const std::uint64_t offset = to_offset(place.position) - row.distance;
  const auto bytes = bytes_at(place, offset, row.head.length);
  if (!bytes.ok()) return at_place(segment_, offset, FrameNumber(), bytes.error());
  if (hash64(*bytes) != row.head.checksum) {
    return at_place(segment_, offset, FrameNumber(), Error::corruption("the checksum of a record is wrong"));
  }
  return Entry{row.head, *bytes};
}

Result<std::string_view> RecordReader::bytes_at(const RecordPlace& place, std::uint64_t offset,
                                                std::uint64_t bytes) {
  // Positions come from a footer, which may be anything.
  if (offset < kFramesOffset) return Error::corruption("a record is outside of its segment");
  if (place.memory != nullptr) {
    const std::uint64_t size = place.memory->size();
    if (offset < place.memory_offset || offset - place.memory_offset > size ||
        bytes > size - (offset - place.memory_offset)) {
      return Error::corruption("a record is outside of its frame");
    }
    if (memory_.empty() || memory_.back() != place.memory) {
      memory_.push_back(place.memory);
      memory_bytes_ += place.memory->size();
    }
    return std::string_view(*place.memory).substr(offset - place.memory_offset, bytes);
  }
  if (window_ == nullptr || offset < window_offset_ || offset + bytes > window_offset_ + window_->size()) {
    std::uint64_t begin = offset;
    std::uint64_t size = bytes;
    if (dense_) {
      begin = std::max(kFramesOffset, offset - std::min(offset, kBeforeRow));
      size = std::max<std::uint64_t>(limits::kLogReadWindowBytes, offset - begin + bytes);
    }
    CHECK(is_aligned(begin));
    auto window = std::make_shared<std::string>(size, '\0');
    ASSIGN_OR_RETURN(const std::size_t count, file_.read(begin, size, window->data()));
    window->resize(count);
    if (dense_) file_.prefetch(begin + count, limits::kLogReadWindowBytes);
    if (offset - begin + bytes > count) return Error::corruption("the segment ends too early");
    window_ = std::move(window);
    window_offset_ = begin;
    memory_.push_back(window_);
    memory_bytes_ += window_->size();
  }
  return std::string_view(*window_).substr(offset - window_offset_, bytes);
}

}  // namespace gyre::log
