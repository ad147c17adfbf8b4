// SPDX-License-Identifier: Apache-2.0
#include "core/log/footer.h"

#include "core/base/hash.h"

namespace gyre::log {
namespace {

constexpr std::string_view kMagic = "gyre.end";
constexpr std::uint32_t kFooterFormat = 1;
constexpr std::size_t kHashedBytes = 224;
constexpr std::size_t kTrailerChecksumOffset = 288;
static_assert(kMagic.size() == 8 && kTrailerChecksumOffset + 8 == kTrailerBytes);
static_assert(is_aligned(kTrailerBytes) && is_aligned(kShardRowBytes));

void put_hash(char* out, std::size_t offset, const Hash& hash) {
  std::memcpy(out + offset, hash.data(), hash.size());
}
Hash get_hash(std::string_view bytes, std::size_t offset) {
  Hash hash;
  CHECK(offset + hash.size() <= bytes.size());
  std::memcpy(hash.data(), bytes.data() + offset, hash.size());
  return hash;
}

void append_shard_row(std::string& out, const ShardRow& row) {
  CHECK(row.run.count() > 0 && row.run.first_sequence <= row.run.last_sequence);
  const std::size_t at = out.size();
  out.resize(at + kShardRowBytes);
  char* const to = out.data() + at;
  store(to, 0, row.shard.value());
  store(to, 8, row.run.first_sequence.value());
  store(to, 16, row.run.last_sequence.value());
  store(to, 24, row.run.first_ordinal.value());
  store(to, 32, row.run.last_ordinal.value());
  store(to, 40, row.run.first_time);
  store(to, 48, row.run.last_time);
  store(to, 56, row.run.cumulative_bytes);
  store(to, 64, row.run.checksum);
  store(to, 72, row.first_position);
  store(to, 76, static_cast<std::uint32_t>(row.run.count()));
}

void append_positions(std::string& out, const std::vector<std::uint32_t>& positions) {
  const std::size_t at = out.size();
  out.resize(at + positions.size() * kPositionBytes);
  for (std::size_t i = 0; i < positions.size(); ++i) store(out.data(), at + i * kPositionBytes, positions[i]);
}

void align(std::string& bytes) {
  bytes.resize(aligned(bytes.size()), '\0');
}

void encode_trailer(const Trailer& trailer, const SegmentHeader& header, char* out) {
  const SegmentSummary& summary = trailer.summary;
  std::memset(out, 0, kTrailerBytes);
  std::memcpy(out, kMagic.data(), kMagic.size());
  store(out, 8, kFooterFormat);
  store(out, 16, header.number.value());
  store(out, 24, summary.first_frame.value());
  store(out, 32, summary.last_frame.value());
  store(out, 40, summary.first_sequence.value());
  store(out, 48, summary.last_sequence.value());
  store(out, 56, summary.first_commit_ms);
  store(out, 64, summary.last_commit_ms);
  store(out, 72, summary.last_stamp);
  store(out, 80, summary.record_count);
  store(out, 88, summary.record_bytes);
  store(out, 96, summary.chain_after);
  store(out, 104, trailer.shard_count);
  store(out, 108, trailer.frame_count);
  store(out, 112, summary.frames_end);
  store(out, 120, trailer.file_bytes);
  store(out, 128, trailer.shards_checksum);
  store(out, 136, trailer.positions_checksum);
  store(out, 144, trailer.frames_checksum);
  put_hash(out, 160, trailer.merkle_root);
  put_hash(out, 192, trailer.frames_hash);
  put_hash(out, 224, trailer.chain_before);
}

// Numbers that no segment has; nothing that follows can overflow.
bool is_consistent(const Trailer& trailer) {
  const SegmentSummary& summary = trailer.summary;
  constexpr std::uint64_t kOffsetMax = std::uint64_t{UINT32_MAX} * kAlignment;
  return summary.first_frame != FrameNumber() && summary.last_frame >= summary.first_frame &&
         summary.last_frame.value() - summary.first_frame.value() + 1 == trailer.frame_count &&
         summary.first_sequence <= summary.last_sequence && summary.record_count <= UINT32_MAX &&
         (summary.record_count == 0) == (summary.first_sequence == SequenceNumber()) &&
         trailer.shard_count <= summary.record_count &&
         (trailer.shard_count == 0) == (summary.record_count == 0) && is_aligned(summary.frames_end) &&
         summary.frames_end > kFramesOffset && summary.frames_end <= kOffsetMax &&
         trailer.trailer_offset() + kTrailerBytes == trailer.file_bytes;
}

}  // namespace

std::uint64_t Trailer::positions_offset() const {
  return shards_offset() + std::uint64_t{shard_count} * kShardRowBytes;
}
std::uint64_t Trailer::frames_offset() const {
  return positions_offset() + aligned(summary.record_count * kPositionBytes);
}
std::uint64_t Trailer::trailer_offset() const {
  return frames_offset() + aligned(std::uint64_t{frame_count} * kPositionBytes);
}

Hash chain_hash(const Hash& chain_before, std::string_view first_bytes, std::string_view trailer_bytes) {
  CHECK(first_bytes.size() == kFramesOffset && trailer_bytes.size() >= kHashedBytes);
  return Hasher()
      .add(hash_bytes(chain_before))
      .add(first_bytes)
      .add(trailer_bytes.substr(0, kHashedBytes))
      .finish();
}

Footer encode_footer(const FooterParts& parts) {
  Footer footer;
  Trailer& trailer = footer.trailer;
  std::string& bytes = footer.bytes;
  trailer.summary = parts.summary;
  trailer.shard_count = static_cast<std::uint32_t>(parts.directory.shards().size());
  trailer.frame_count = static_cast<std::uint32_t>(parts.frames.size());
  trailer.merkle_root = parts.merkle_root;
  trailer.frames_hash = parts.frames_hash;
  trailer.chain_before = parts.chain_before;
  trailer.file_bytes = trailer.trailer_offset() + kTrailerBytes;

  std::uint32_t position = 0;
  for (const auto& [id, shard] : parts.directory.shards()) {
    append_shard_row(bytes, {id, shard.run, position});
    position += static_cast<std::uint32_t>(shard.positions.size());
  }
  CHECK(position == parts.summary.record_count);
  const std::size_t positions = bytes.size();
  for (const auto& [id, shard] : parts.directory.shards()) append_positions(bytes, shard.positions);
  align(bytes);
  const std::size_t frames = bytes.size();
  append_positions(bytes, parts.frames);
  align(bytes);

  const std::string_view all = bytes;
  trailer.shards_checksum = hash64(all.substr(0, positions));
  trailer.positions_checksum = hash64(all.substr(positions, frames - positions));
  trailer.frames_checksum = hash64(all.substr(frames));
  CHECK(is_consistent(trailer) && trailer.summary.frames_end + bytes.size() == trailer.trailer_offset());

  std::string end(kTrailerBytes, '\0');
  encode_trailer(trailer, parts.header, end.data());
  trailer.chain = chain_hash(parts.chain_before, parts.first_bytes, end);
  put_hash(end.data(), 256, trailer.chain);
  store(end.data(), kTrailerChecksumOffset,
        seeded_checksum(std::string_view(end).substr(0, kTrailerChecksumOffset),
                        segment_seed(parts.header.salt, parts.header.number)));
  bytes.append(end);
  return footer;
}

Result<Trailer> decode_trailer(std::string_view bytes, const SegmentHeader& segment,
                               std::uint64_t file_bytes) {
  CHECK(bytes.size() == kTrailerBytes);
  if (bytes.substr(0, kMagic.size()) != kMagic) return Error::corruption("the file does not end in a footer");
  const std::uint64_t checksum =
      seeded_checksum(bytes.substr(0, kTrailerChecksumOffset), segment_seed(segment.salt, segment.number));
  if (load<std::uint64_t>(bytes, kTrailerChecksumOffset) != checksum) {
    return Error::corruption("the checksum of the footer's trailer is wrong");
  }
  if (load<std::uint32_t>(bytes, 8) != kFooterFormat)
    return Error::corruption("the footer's format is unknown");
  Trailer trailer;
  trailer.summary = {.first_frame = load_id<FrameNumber>(bytes, 24),
                     .last_frame = load_id<FrameNumber>(bytes, 32),
                     .first_sequence = load_id<SequenceNumber>(bytes, 40),
                     .last_sequence = load_id<SequenceNumber>(bytes, 48),
                     .first_commit_ms = load<std::uint64_t>(bytes, 56),
                     .last_commit_ms = load<std::uint64_t>(bytes, 64),
                     .last_stamp = load<std::uint64_t>(bytes, 72),
                     .record_count = load<std::uint64_t>(bytes, 80),
                     .record_bytes = load<std::uint64_t>(bytes, 88),
                     .chain_after = load<std::uint64_t>(bytes, 96),
                     .frames_end = load<std::uint64_t>(bytes, 112)};
  trailer.shard_count = load<std::uint32_t>(bytes, 104);
  trailer.frame_count = load<std::uint32_t>(bytes, 108);
  trailer.file_bytes = load<std::uint64_t>(bytes, 120);
  trailer.shards_checksum = load<std::uint64_t>(bytes, 128);
  trailer.positions_checksum = load<std::uint64_t>(bytes, 136);
  trailer.frames_checksum = load<std::uint64_t>(bytes, 144);
  trailer.merkle_root = get_hash(bytes, 160);
  trailer.frames_hash = get_hash(bytes, 192);
  trailer.chain_before = get_hash(bytes, 224);
  trailer.chain = get_hash(bytes, 256);
  if (load<std::uint32_t>(bytes, 12) != 0 || load<std::uint64_t>(bytes, 152) != 0) {
    return Error::corruption("what is reserved in the footer's trailer is in use");
  }
  if (load_id<SegmentNumber>(bytes, 16) != segment.number || trailer.file_bytes != file_bytes ||
      !is_consistent(trailer)) {
    return Error::corruption("the numbers of the footer's trailer do not fit each other");
  }
  return trailer;
}

Result<ShardRow> decode_shard_row(std::string_view bytes, const Trailer& trailer) {
  CHECK(bytes.size() == kShardRowBytes);
  const ShardRow row{.shard = load_id<ShardId>(bytes, 0),
                     .run = {.first_sequence = load_id<SequenceNumber>(bytes, 8),
                             .last_sequence = load_id<SequenceNumber>(bytes, 16),
                             .first_ordinal = load_id<Ordinal>(bytes, 24),
                             .last_ordinal = load_id<Ordinal>(bytes, 32),
                             .first_time = load<std::uint64_t>(bytes, 40),
                             .last_time = load<std::uint64_t>(bytes, 48),
                             .cumulative_bytes = load<std::uint64_t>(bytes, 56),
                             .checksum = load<std::uint64_t>(bytes, 64)},
                     .first_position = load<std::uint32_t>(bytes, 72)};
  const ShardRun& run = row.run;
  const std::uint64_t count = load<std::uint32_t>(bytes, 76);
  // There is always a next ordinal.
  if (run.first_ordinal == Ordinal() || run.last_ordinal < run.first_ordinal ||
      run.last_ordinal == Ordinal(UINT64_MAX) || run.count() != count ||
      run.last_sequence < run.first_sequence || run.first_sequence < trailer.summary.first_sequence ||
      run.last_sequence > trailer.summary.last_sequence ||
      row.first_position + count > trailer.summary.record_count) {
    return Error::corruption("a shard's row in the footer is wrong");
  }
  return row;
}

Result<std::vector<ShardRow>> decode_shard_rows(std::string_view bytes, const Trailer& trailer) {
  if (bytes.size() != std::uint64_t{trailer.shard_count} * kShardRowBytes ||
      hash64(bytes) != trailer.shards_checksum) {
    return Error::corruption("the checksum of the footer's shards is wrong");
  }
  std::vector<ShardRow> rows;
  rows.reserve(trailer.shard_count);
  std::uint64_t position = 0;
  for (std::size_t i = 0; i < trailer.shard_count; ++i) {
    ASSIGN_OR_RETURN(const ShardRow row,
                     decode_shard_row(bytes.substr(i * kShardRowBytes, kShardRowBytes), trailer));
    if ((!rows.empty() && row.shard <= rows.back().shard) || row.first_position != position) {
      return Error::corruption("the footer's shards are not in order");
    }
    position += row.run.count();
    rows.push_back(row);
  }
  if (position != trailer.summary.record_count)
    return Error::corruption("the footer's shards do not have all records");
  return rows;
}

Status check_footer(std::string_view bytes, const Trailer& trailer) {
  const std::uint64_t begin = trailer.summary.frames_end;
  if (bytes.size() != trailer.file_bytes - begin) return Error::corruption("the footer has the wrong length");
  const auto section = [&](std::uint64_t from, std::uint64_t to) {
    return bytes.substr(from - begin, to - from);
  };
  RETURN_IF_ERROR(decode_shard_rows(section(trailer.shards_offset(), trailer.positions_offset()), trailer));
  const std::string_view positions = section(trailer.positions_offset(), trailer.frames_offset());
  if (hash64(positions) != trailer.positions_checksum) {
    return Error::corruption("the checksum of the footer's positions is wrong");
  }
  const std::string_view frames = section(trailer.frames_offset(), trailer.trailer_offset());
  if (hash64(frames) != trailer.frames_checksum) {
    return Error::corruption("the checksum of the footer's frames is wrong");
  }
  return {};
}

}  // namespace gyre::log
