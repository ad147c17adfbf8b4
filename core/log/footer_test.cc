// SPDX-License-Identifier: Apache-2.0
#include "core/log/footer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "core/base/hash.h"
#include "core/base/random.h"

namespace gyre::log {
namespace {

const SegmentHeader kHeader{.salt = 77, .number = SegmentNumber(12), .incarnation = LogIncarnation(5)};

struct Sample {
  ShardDirectory directory;
  std::vector<std::uint32_t> frames;
  SegmentSummary summary;
  std::string first_bytes = std::string(kFramesOffset, 'f');
  Footer footer;

  explicit Sample(std::uint64_t seed) {
    SeededRandom random(seed);
    std::map<std::uint64_t, std::uint64_t> ordinals;
    const std::uint64_t count = random.below(30);
    std::uint64_t offset = kFramesOffset;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t shard = 1 + random.below(5);
      offset += 64;
      EXPECT_TRUE(directory
                      .add({.shard = ShardId(shard),
                            .sequence = SequenceNumber(100 + i),
                            .ordinal = Ordinal(++ordinals[shard]),
                            .time = 1000 + i,
                            .checksum = i,
                            .length = 10},
                           offset)
                      .ok());
    }
    const std::uint64_t frame_count = 1 + random.below(4);
    for (std::uint64_t i = 0; i < frame_count; ++i) frames.push_back(to_position(kFramesOffset + 8 * i));
    summary = {.first_frame = FrameNumber(50),
               .last_frame = FrameNumber(50 + frame_count - 1),
               .first_sequence = directory.first_sequence(),
               .last_sequence = SequenceNumber(100 + count),
               .record_count = count,
               .record_bytes = 10 * count,
               .chain_after = 3,
               .frames_end = offset + 64};
    footer = encode_footer({.header = kHeader,
                            .first_bytes = first_bytes,
                            .summary = summary,
                            .directory = directory,
                            .frames = frames,
                            .merkle_root = hash_of("root"),
                            .frames_hash = hash_of("frames"),
                            .chain_before = hash_of("before")});
  }

  std::uint64_t file_bytes() const { return summary.frames_end + footer.bytes.size(); }
  Status check(std::string_view bytes) const {
    if (bytes.size() < kTrailerBytes) return Error::corruption("too short");
    ASSIGN_OR_RETURN(const Trailer trailer, decode_trailer(bytes.substr(bytes.size() - kTrailerBytes),
                                                           kHeader, summary.frames_end + bytes.size()));
    return check_footer(bytes, trailer);
  }
};

TEST(Footer, ComesBackAsItWas) {
  rc::check([](std::uint64_t seed) {
    const Sample sample(seed);
    const std::string_view bytes = sample.footer.bytes;
    RC_ASSERT(sample.check(bytes).ok());
    const Trailer trailer =
        decode_trailer(bytes.substr(bytes.size() - kTrailerBytes), kHeader, sample.file_bytes()).value();
    RC_ASSERT(trailer == sample.footer.trailer && trailer.summary == sample.summary);
    RC_ASSERT(trailer.chain ==
              chain_hash(hash_of("before"), sample.first_bytes, bytes.substr(bytes.size() - kTrailerBytes)));
    const auto rows =
        decode_shard_rows(bytes.substr(0, trailer.positions_offset() - trailer.shards_offset()), trailer)
            .value();
    RC_ASSERT(rows.size() == sample.directory.shards().size());
    for (const ShardRow& row : rows) {
      const ShardDirectory::Shard& shard = *sample.directory.find(row.shard);
      RC_ASSERT(row.run == shard.run);
      for (std::size_t i = 0; i < shard.positions.size(); ++i) {
        const std::size_t at =
            trailer.positions_offset() - trailer.shards_offset() + (row.first_position + i) * kPositionBytes;
        RC_ASSERT(load<std::uint32_t>(bytes, at) == shard.positions[i]);
      }
    }
  });
}

TEST(Footer, AnyChangedByteIsNoticed) {
  const Sample sample(5);
  for (std::size_t at = 0; at < sample.footer.bytes.size(); ++at) {
    for (const int bit : {0, 5}) {
      std::string damaged = sample.footer.bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      EXPECT_FALSE(sample.check(damaged).ok()) << at;
    }
  }
}

TEST(Footer, AnyCutIsNoticed) {
  const Sample sample(5);
  for (std::size_t size = 0; size < sample.footer.bytes.size(); ++size) {
    EXPECT_FALSE(sample.check(sample.footer.bytes.substr(0, size)).ok());
  }
}

TEST(Footer, FitsItsOwnSegmentAlone) {
  const Sample sample(6);
  SegmentHeader other = kHeader;
  other.salt = 78;
  const std::string_view bytes = sample.footer.bytes;
  EXPECT_FALSE(decode_trailer(bytes.substr(bytes.size() - kTrailerBytes), other, sample.file_bytes()).ok());
}

// With right checksums, wrong numbers are refused or consistent.
TEST(Footer, WrongNumbersWithRightChecksumsAreRefusedOrConsistent) {
  rc::check([](std::uint64_t seed) {
    const Sample sample(seed);
    SeededRandom random(seed);
    std::string end = sample.footer.bytes.substr(sample.footer.bytes.size() - kTrailerBytes);
    store(end.data(), 8 * random.below(36), random.below(3) == 0 ? random.next() : random.below(40));
    store(end.data(), 288,
          seeded_checksum(std::string_view(end).substr(0, 288), segment_seed(kHeader.salt, kHeader.number)));
    const Result<Trailer> trailer = decode_trailer(end, kHeader, sample.file_bytes());
    if (!trailer.ok()) return;
    RC_ASSERT(trailer->trailer_offset() + kTrailerBytes == sample.file_bytes());
    if (trailer->file_bytes - trailer->summary.frames_end == sample.footer.bytes.size()) {
      (void)check_footer(sample.footer.bytes, *trailer);
    }
  });
}

// Who goes from one ordinal to the next comes to an end.
TEST(Footer, NoRowEndsWithTheLastOrdinalOfAll) {
  const Sample sample(5);
  const Trailer& trailer = sample.footer.trailer;
  std::string row = sample.footer.bytes.substr(0, kShardRowBytes);
  const ShardRow honest = decode_shard_row(row, trailer).value();
  const std::uint64_t count = honest.run.count();
  for (const std::uint64_t last : {UINT64_MAX - 1, UINT64_MAX}) {
    store(row.data(), 24, last - count + 1);
    store(row.data(), 32, last);
    EXPECT_EQ(decode_shard_row(row, trailer).ok(), last != UINT64_MAX);
  }
}

TEST(ShardDirectory, RefusesGaps) {
  ShardDirectory directory;
  const EntryHead first{
      .shard = ShardId(1), .sequence = SequenceNumber(5), .ordinal = Ordinal(3), .length = 1};
  ASSERT_TRUE(directory.add(first, 1024).ok());
  EntryHead next = first;
  next.sequence = SequenceNumber(6);
  next.ordinal = Ordinal(5);
  EXPECT_FALSE(directory.add(next, 2048).ok());
  next.ordinal = Ordinal(4);
  next.sequence = SequenceNumber(5);
  EXPECT_FALSE(directory.add(next, 2048).ok());
  next.sequence = SequenceNumber(6);
  EXPECT_TRUE(directory.add(next, 2048).ok());
  EXPECT_EQ(directory.find(ShardId(1))->run.count(), 2);
  EXPECT_EQ(directory.find(ShardId(2)), nullptr);
}

}  // namespace
}  // namespace gyre::log
