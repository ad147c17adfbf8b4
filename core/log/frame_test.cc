// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "core/base/hash.h"
#include "core/base/limits.h"
#include "core/log/frames_test.h"
#include "core/log/merkle.h"

namespace gyre::log {
namespace {

FrameHeader test_header() {
  return {.epoch = Epoch(5),
          .term = Term(3),
          .number = FrameNumber(17),
          .synced_through = FrameNumber(15),
          .chain = 99};
}

std::string sample_frame(std::uint64_t seed, FrameMaker::Content* content = nullptr,
                         std::size_t bytes_max = 60) {
  FrameMaker maker(seed);
  FrameBuilder builder;
  const FrameMaker::Content made = maker.fill(builder, 4, bytes_max);
  FrameHeader header = test_header();
  if (content != nullptr) *content = made;
  return builder.finish(header, made.stamp, kTestSalt);
}

bool is_good(std::string_view bytes) {
  const Result<FrameView> frame = FrameView::read(bytes, kTestSalt);
  return frame.ok() && frame->check_contents().ok();
}

// Puts right all checksums of a frame that was changed, so that what they would hide is looked at.
std::string with_checksums(std::string bytes) {
  const auto count = load<std::uint32_t>(bytes, 40);
  const std::size_t table = kFrameHeaderBytes + load<std::uint32_t>(bytes, 36);
  const std::size_t operations = table + std::size_t{count} * kRowBytes;
  store(bytes.data(), 88, hash64(std::string_view(bytes).substr(table, operations - table)));
  store(bytes.data(), 96, hash64(std::string_view(bytes).substr(operations)));
  store(bytes.data(), 112,
        seeded_checksum(std::string_view(bytes).substr(0, 112),
                        frame_seed(kTestSalt, load_id<Term>(bytes, 16), load_id<FrameNumber>(bytes, 24))));
  return bytes;
}

TEST(Frame, HoldsWhatWasPutIn) {
  rc::check([](std::uint64_t seed) {
    FrameMaker::Content content;
    const std::string bytes = sample_frame(seed, &content, 2000);
    RC_ASSERT(is_aligned(bytes.size()));
    const FrameView frame = FrameView::read(bytes, kTestSalt).value();
    RC_ASSERT(frame.check_contents().ok());
    RC_ASSERT(records_of(frame) == content.records);
    RC_ASSERT(rows_of(frame) == content.rows);
    const FrameHeader& header = frame.header();
    RC_ASSERT(header.epoch == Epoch(5) && header.term == Term(3) && header.number == FrameNumber(17));
    RC_ASSERT(header.synced_through == FrameNumber(15) && header.chain == 99);
    RC_ASSERT(header.last_sequence == content.stamp.last_sequence);
    RC_ASSERT(header.last_stamp == content.stamp.last_stamp);
    RC_ASSERT(header.commit_time_ms == content.stamp.commit_time_ms);
    for (std::size_t i = 0; i < frame.entry_count(); ++i) {
      RC_ASSERT(is_aligned(static_cast<std::uint64_t>(frame.entry(i).bytes.data() - bytes.data())));
    }
  });
}

TEST(Frame, BytesBehindItDoNotMatter) {
  const std::string bytes = sample_frame(1);
  EXPECT_EQ(FrameView::read(bytes + "more", kTestSalt).value().bytes(), bytes);
}

TEST(Frame, AnyChangedByteIsNoticed) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const std::string bytes = sample_frame(seed);
    ASSERT_TRUE(is_good(bytes));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (const int bit : {0, 3, 7}) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
        EXPECT_FALSE(is_good(damaged)) << "seed " << seed << " byte " << at << " bit " << bit;
      }
    }
  }
}

TEST(Frame, AnyCutIsNoticed) {
  const std::string bytes = sample_frame(3);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(FrameView::read(bytes.substr(0, size), kTestSalt).ok()) << size;
  }
}

TEST(Frame, AnotherSaltTermOrNumberDoesNotFit) {
  std::string bytes = sample_frame(4);
  EXPECT_FALSE(FrameView::read(bytes, kTestSalt + 1).ok());
  for (const std::size_t member : {std::size_t{16}, std::size_t{24}}) {
    std::string other = bytes;
    store(other.data(), member, load<std::uint64_t>(other, member) + 1);
    EXPECT_EQ(FrameView::read(other, kTestSalt).error().message, "the checksum of a frame's header is wrong");
  }
}

// With right checksums, whatever the bytes are, nothing is read outside of the frame and nothing crashes.
TEST(Frame, WrongBytesWithRightChecksumsAreRefusedOrConsistent) {
  rc::check([](std::uint64_t seed) {
    std::string bytes = sample_frame(seed);
    SeededRandom random(seed);
    const std::size_t first = kFrameHeaderBytes + load<std::uint32_t>(bytes, 36);
    for (int i = 0; i < 3 && first < bytes.size(); ++i) {
      bytes[first + random.below(bytes.size() - first)] = static_cast<char>(random.next());
    }
    bytes = with_checksums(bytes);
    const Result<FrameView> frame = FrameView::read(bytes, kTestSalt);
    if (!frame.ok()) return;
    (void)frame->check_contents();
    for (std::size_t i = 0; i < frame->entry_count(); ++i) {
      RC_ASSERT(frame->entry(i).bytes.size() == frame->head(i).length);
    }
    for (const auto& row : rows_of(*frame)) RC_ASSERT(row.change >= RowChange::kPut);
  });
}

TEST(Frame, ReferencesOutsideOfAnEntryAreRefused) {
  FrameBuilder builder;
  EntryHead head{.shard = ShardId(1), .sequence = SequenceNumber(1), .ordinal = Ordinal(1)};
  builder.add_entry(head, "12345678");
  builder.put(0, {}, {"", {.entry = 0, .offset = 2, .length = 6}});
  FrameHeader header = test_header();
  const std::string bytes = builder.finish(header, {.last_sequence = SequenceNumber(1)}, kTestSalt);
  ASSERT_TRUE(is_good(bytes));
  // The operation ends in entry, offset, length, a byte each.
  const std::size_t reference = kFrameHeaderBytes + 8 + kRowBytes + 4;
  for (const auto& [at, value] : {std::pair{0, 1}, {1, 3}, {2, 7}, {2, 0}}) {
    std::string wrong = bytes;
    wrong[reference + static_cast<std::size_t>(at)] = static_cast<char>(value);
    EXPECT_FALSE(is_good(with_checksums(wrong))) << at << " " << value;
  }
}

TEST(Frame, EncryptedEntriesCannotBeReferredTo) {
  FrameBuilder builder;
  EntryHead head{.shard = ShardId(1), .sequence = SequenceNumber(1), .ordinal = Ordinal(1)};
  builder.add_entry(head, "12345678");
  builder.put(0, {}, {"", {.entry = 0, .offset = 0, .length = 8}});
  FrameHeader header = test_header();
  std::string bytes = builder.finish(header, {.last_sequence = SequenceNumber(1)}, kTestSalt);
  store(bytes.data(), kFrameHeaderBytes + 8 + 48, std::uint32_t{1});
  EXPECT_EQ(FrameView::read(with_checksums(bytes), kTestSalt).error().message,
            "a row operation refers to bytes that are not there");
}

TEST(Frame, AFrameOfRowsAloneIsGood) {
  FrameBuilder builder;
  EXPECT_TRUE(builder.empty());
  builder.erase(4, {"key"});
  EXPECT_FALSE(builder.empty());
  FrameHeader header = test_header();
  const std::string bytes = builder.finish(header, {.last_sequence = SequenceNumber(9)}, kTestSalt);
  EXPECT_TRUE(is_good(bytes));
  EXPECT_TRUE(builder.empty());
  EXPECT_EQ(bytes.size(), kFrameHeaderBytes + 8);
}

TEST(Frame, ImagesStandInItOnce) {
  FrameBuilder builder;
  const std::string image(4000, 'i');
  builder.add_entry({.shard = ShardId(1), .sequence = SequenceNumber(1), .ordinal = Ordinal(1)}, image);
  for (int i = 0; i < 5; ++i) builder.put(1, {"key"}, {"head", {.entry = 0, .offset = 0, .length = 4000}});
  EXPECT_LT(builder.frame_bytes(), image.size() + kFrameHeaderBytes + kRowBytes + 5 * 20);
}

TEST(Frame, ItsHashIsOfHeaderLeavesAndOperations) {
  FrameMaker::Content content;
  std::string bytes;
  for (std::uint64_t seed = 1; content.records.size() < 2; ++seed) bytes = sample_frame(seed, &content);
  const FrameView frame = FrameView::read(bytes, kTestSalt).value();
  std::string leaves;
  for (std::size_t i = 0; i < frame.entry_count(); ++i) {
    leaves += hash_bytes(merkle_leaf(frame.row_bytes(i), frame.entry(i).bytes));
    EXPECT_EQ(frame.leaf(i), merkle_leaf(frame.row_bytes(i), frame.entry(i).bytes));
  }
  const Hash expected = hash_of(std::string(frame.header_bytes())
                                    .append(hash_bytes(hash_of(leaves)))
                                    .append(hash_bytes(hash_of(frame.operations_section()))));
  EXPECT_EQ(frame.frame_hash(hash_of(leaves)), expected);
}

TEST(Frame, TheChainFollowsFromTheWholeHeader) {
  const std::string bytes = sample_frame(6);
  for (std::size_t at = 0; at < kFrameHeaderBytes; ++at) {
    std::string other = bytes.substr(0, kFrameHeaderBytes);
    other[at] = static_cast<char>(other[at] ^ 1);
    EXPECT_NE(chain_after(other), chain_after(bytes.substr(0, kFrameHeaderBytes)));
  }
}

}  // namespace
}  // namespace gyre::log
