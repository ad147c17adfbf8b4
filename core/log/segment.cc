// SPDX-License-Identifier: Apache-2.0
#include "core/log/segment.h"

#include <algorithm>

namespace gyre::log {
namespace {

// The footer's rows are looked at in pieces of about 4 KB.
constexpr std::uint64_t kRowsAtOnce = 4096 / kShardRowBytes;

Result<std::string> read_rows(const Segment& segment, std::uint64_t first, std::uint64_t count) {
  CHECK(first + count <= segment.trailer->shard_count);
  return files::read_exactly(*segment.file, segment.trailer->shards_offset() + first * kShardRowBytes,
                             count * kShardRowBytes);
}

Result<std::optional<ShardRow>> find_sealed_shard(const Segment& segment, ShardId shard) {
  std::uint64_t first = 0;
  std::uint64_t end = segment.trailer->shard_count;
  while (first < end) {
    const std::uint64_t count = std::min(kRowsAtOnce, end - first);
    const std::uint64_t begin = first + (end - first - count) / 2;
    ASSIGN_OR_RETURN(const std::string bytes, read_rows(segment, begin, count));
    const auto shard_at = [&](std::uint64_t i) { return load_id<ShardId>(bytes, i * kShardRowBytes); };
    if (shard < shard_at(0)) {
      end = begin;
    } else if (shard > shard_at(count - 1)) {
      first = begin + count;
    } else {
      for (std::uint64_t i = 0; i < count; ++i) {
        if (shard_at(i) != shard) continue;
        ASSIGN_OR_RETURN(const ShardRow row,
                         decode_shard_row(std::string_view(bytes).substr(i * kShardRowBytes, kShardRowBytes),
                                          *segment.trailer));
        return std::optional<ShardRow>(row);
      }
      break;
    }
  }
  return std::optional<ShardRow>();
}

}  // namespace

FrameFacts facts_of(const FrameView& frame, std::uint64_t offset) {
  FrameFacts facts{.offset = offset,
                   .header = frame.header(),
                   .chain_after = chain_after(frame.header_bytes()),
                   .heads = {}};
  facts.heads.reserve(frame.entry_count());
  for (std::size_t i = 0; i < frame.entry_count(); ++i) facts.heads.push_back(frame.head(i));
  return facts;
}

Status Segment::add_frame(const FrameFacts& frame) {
  CHECK(!is_sealed() && is_aligned(frame.offset));
  const FrameHeader& added = frame.header;
  CHECK(frame.heads.size() == added.entry_count);
  CHECK(!has_frames() ||
        (added.number.value() == summary.last_frame.value() + 1 && frame.offset == summary.frames_end));
  for (std::size_t i = 0; i < frame.heads.size(); ++i) {
    RETURN_IF_ERROR(directory.add(frame.heads[i], frame.offset + added.table_offset() + i * kRowBytes));
  }
  frames.push_back(to_position(frame.offset));
  if (!has_frames()) {
    summary.first_frame = added.number;
    summary.first_commit_ms = added.commit_time_ms;
  }
  summary.last_frame = added.number;
  summary.first_sequence = directory.first_sequence();
  summary.last_sequence = added.last_sequence;
  summary.last_commit_ms = added.commit_time_ms;
  summary.last_stamp = added.last_stamp;
  summary.record_count = directory.record_count();
  summary.record_bytes = directory.record_bytes();
  summary.chain_after = frame.chain_after;
  summary.frames_end = frame.offset + added.frame_bytes();
  return {};
}

Result<std::optional<ShardRow>> find_shard(const Segment& segment, ShardId shard) {
  if (segment.is_sealed()) return find_sealed_shard(segment, shard);
  const ShardDirectory::Shard* found = segment.directory.find(shard);
  if (found == nullptr) return std::optional<ShardRow>();
  return std::optional<ShardRow>({shard, found->run});
}

Result<std::vector<ShardRow>> all_shards(const Segment& segment) {
  if (segment.is_sealed()) {
    ASSIGN_OR_RETURN(const std::string bytes, read_rows(segment, 0, segment.trailer->shard_count));
    return decode_shard_rows(bytes, *segment.trailer);
  }
  std::vector<ShardRow> rows;
  for (const auto& [id, shard] : segment.directory.shards()) rows.push_back({id, shard.run});
  return rows;
}

Result<std::vector<std::uint32_t>> read_positions(const Segment& segment, const ShardRow& row, Ordinal from,
                                                  std::uint64_t count) {
  CHECK(row.run.has(from));
  const std::uint64_t skipped = from.value() - row.run.first_ordinal.value();
  count = std::min(count, row.run.count() - skipped);
  std::vector<std::uint32_t> positions(count);
  if (!segment.is_sealed()) {
    const auto& all = segment.directory.find(row.shard)->positions;
    std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(skipped), count, positions.begin());
    return positions;
  }
  const std::uint64_t first = row.first_position + skipped;
  CHECK(first + count <= segment.summary.record_count);
  ASSIGN_OR_RETURN(
      const std::string bytes,
      files::read_exactly(*segment.file, segment.trailer->positions_offset() + first * kPositionBytes,
                          count * kPositionBytes));
  for (std::size_t i = 0; i < count; ++i) positions[i] = load<std::uint32_t>(bytes, i * kPositionBytes);
  return positions;
}

Result<std::uint64_t> frame_offset(const Segment& segment, FrameNumber frame) {
  CHECK(segment.summary.first_frame <= frame && frame <= segment.summary.last_frame);
  const std::uint64_t index = frame.value() - segment.summary.first_frame.value();
  if (!segment.is_sealed()) return to_offset(segment.frames[index]);
  ASSIGN_OR_RETURN(
      const std::string bytes,
      files::read_exactly(*segment.file, segment.trailer->frames_offset() + index * kPositionBytes,
                          kPositionBytes));
  return to_offset(load<std::uint32_t>(bytes, 0));
}

}  // namespace gyre::log
