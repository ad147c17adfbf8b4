// SPDX-License-Identifier: Apache-2.0
#include "core/archive/archiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/archive/sample_test.h"
#include "core/log/verify.h"

namespace gyre::archive {
namespace {

using ::testing::HasSubstr;

TEST(Archiver, CopiesEachSealedSegmentAsItIs) {
  SampleLog log(60);
  objects::MemoryStore store;
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  ASSERT_GT(log.segment_count(), 3);
  const auto archive = Archive::open(store).value();
  EXPECT_EQ(archive->segment_count(), log.segment_count());
  for (std::uint64_t number = 1; number <= log.segment_count(); ++number) {
    EXPECT_EQ(store.objects().at(segment_key(log::SegmentNumber(number))),
              log.harness.disk.contents(log.harness.segment_file(number)));
  }
  EXPECT_EQ(store.objects().size(), 1 + 2 * log.segment_count());
}

TEST(Archiver, GoesOnAsTheLogDoes) {
  SampleLog log(20);
  objects::MemoryStore store;
  Archiver archiver = Archiver::open(store, log.harness.disk).value();
  while (archiver.archive_next().value()) {
  }
  EXPECT_EQ(archiver.last().value(), log.segment_count());
  log.harness.append_synced(1);  // in a segment that is not sealed
  EXPECT_FALSE(archiver.archive_next().value());
  log.add(20);
  while (archiver.archive_next().value()) {
  }
  EXPECT_EQ(archiver.last().value(), log.segment_count());
}

TEST(Archiver, WhatTheArchiveHoldsIsFound) {
  SampleLog log(80);
  objects::MemoryStore store;
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  const auto archive = Archive::open(store).value();
  for (const auto& frame : log.harness.frames) {
    for (const auto& record : frame.content.records) {
      EXPECT_EQ(archive->find_sequence(record.head.sequence).value(), frame.position.segment);
    }
    const auto at = archive->find_time(frame.content.stamp.commit_time_ms).value();
    ASSERT_TRUE(at);
    EXPECT_LE(*at, frame.position.segment);
    EXPECT_GE(archive->index(*at).value().trailer.summary.last_commit_ms, frame.content.stamp.commit_time_ms);
  }
  EXPECT_FALSE(archive->find_sequence(SequenceNumber(1'000'000)).value());
  EXPECT_FALSE(archive->find_time(UINT64_MAX).value());
}

TEST(Archiver, AShardIsReadInAnyRange) {
  SampleLog log(80);
  objects::MemoryStore store;
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  const auto archive = Archive::open(store).value();
  const std::uint64_t last = log.harness.frames.back().content.stamp.last_sequence.value();
  for (std::uint64_t shard = 1; shard <= 4; ++shard) {
    for (const auto& [from, to] :
         std::vector<std::pair<std::uint64_t, std::uint64_t>>{{0, UINT64_MAX},
                                                              {last / 3, last / 2},
                                                              {last / 2, last / 2},
                                                              {last, last + 9},
                                                              {last + 1, last + 9}}) {
      std::vector<log::FrameMaker::Record> expected;
      for (const auto& record : log.harness.records(ShardId(shard))) {
        if (record.head.sequence.value() >= from && record.head.sequence.value() <= to)
          expected.push_back(record);
      }
      std::vector<log::FrameMaker::Record> found;
      const auto visit = [&](log::SegmentNumber, const log::Entry& entry) -> Result<bool> {
        found.push_back({entry.head, std::string(entry.bytes)});
        return true;
      };
      ASSERT_TRUE(archive->read_shard(ShardId(shard), SequenceNumber(from), SequenceNumber(to), visit).ok());
      EXPECT_EQ(found, expected) << shard << " " << from << " " << to;
    }
  }
}

TEST(Archiver, AShortRangeReadsFewObjects) {
  SampleLog log(400);
  objects::MemoryStore store;
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  const auto archive = Archive::open(store).value();
  const auto record = log.harness.records(ShardId(1)).at(50);
  const std::uint64_t before = store.call_count();
  int found = 0;
  const auto visit = [&](log::SegmentNumber, const log::Entry& entry) -> Result<bool> {
    EXPECT_EQ(entry.head, record.head);
    ++found;
    return true;
  };
  ASSERT_TRUE(archive->read_shard(ShardId(1), record.head.sequence, record.head.sequence, visit).ok());
  EXPECT_EQ(found, 1);
  ASSERT_GT(log.segment_count(), 20);
  // A search by halves among the indexes, and one segment's positions and records.
  EXPECT_LT(store.call_count() - before, 100u);
}

// At each of its operations the store goes away, before or after it did its work. The next archiver goes on,
// and in the end the archive is the same, byte by byte.
TEST(Archiver, GoesOnAfterAnyFailureWithoutGapOrDuplicate) {
  SampleLog log(60);
  objects::MemoryStore undisturbed;
  ASSERT_TRUE(archive_all(undisturbed, log.harness.disk).ok());
  const std::uint64_t calls = undisturbed.call_count();
  ASSERT_GT(calls, 20);
  for (const auto how : {objects::MemoryStore::Failure::kBefore, objects::MemoryStore::Failure::kAfter}) {
    for (std::uint64_t call = 0; call < calls; ++call) {
      objects::MemoryStore store;
      store.fail_after(call, how);
      const Status failed = archive_all(store, log.harness.disk);
      ASSERT_FALSE(failed.ok()) << call;
      EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable) << failed.error().message;
      store.recover();
      const Status status = archive_all(store, log.harness.disk);
      ASSERT_TRUE(status.ok()) << call << ": " << status.error().message;
      EXPECT_EQ(store.objects(), undisturbed.objects()) << call;
    }
  }
}

// The same archiver may try again as well.
TEST(Archiver, TriesAgainAfterAnyFailure) {
  SampleLog log(80);
  objects::MemoryStore undisturbed;
  ASSERT_TRUE(archive_all(undisturbed, log.harness.disk).ok());
  objects::MemoryStore store;
  Archiver archiver = Archiver::open(store, log.harness.disk).value();
  std::uint64_t failures = 0;
  for (std::uint64_t call = 0; archiver.last().value() < log.segment_count(); call = (call + 1) % 12) {
    store.fail_after(
        call, call % 2 == 0 ? objects::MemoryStore::Failure::kAfter : objects::MemoryStore::Failure::kBefore);
    failures += !archiver.archive_next().ok();
    store.recover();
  }
  EXPECT_GT(failures, 5);
  EXPECT_EQ(store.objects(), undisturbed.objects());
}

TEST(Archiver, AGapIsRefused) {
  SampleLog log(60);
  objects::MemoryStore store;
  Archiver archiver = Archiver::open(store, log.harness.disk).value();
  ASSERT_TRUE(archiver.archive_next().value());
  // As trimming would, without asking.
  ASSERT_TRUE(log.harness.disk.remove(log.harness.segment_file(1)).ok());
  ASSERT_TRUE(log.harness.disk.remove(log.harness.segment_file(2)).ok());
  const auto refused = archiver.archive_next();
  EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(refused.error().message, HasSubstr("segment 2 was trimmed before it was archived"));
}

TEST(Archiver, BeginsWhereATrimmedLogBegins) {
  SampleLog log(60);
  ASSERT_TRUE(log.harness.disk.remove(log.harness.segment_file(1)).ok());
  objects::MemoryStore store;
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  const auto archive = Archive::open(store).value();
  EXPECT_EQ(archive->first().value(), 2);
  EXPECT_EQ(archive->segment_count(), log.segment_count() - 1);
}

TEST(Archiver, ADamagedSegmentIsRefused) {
  SampleLog log(60);
  objects::MemoryStore store;
  log.harness.disk.flip_byte(log.harness.segment_file(2), 1500);
  const Status status = archive_all(store, log.harness.disk);
  EXPECT_EQ(status.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(status.error().message, HasSubstr("segment 2, offset"));
  EXPECT_EQ(Archive::open(store).value()->segment_count(), 1);
}

TEST(Archiver, AnotherLogIsRefused) {
  SampleLog log(20);
  SampleLog other(90, 2);
  objects::MemoryStore store;
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  const std::string last = std::to_string(log.segment_count());
  const Status status = archive_all(store, other.harness.disk);
  EXPECT_EQ(status.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(status.error().message,
              HasSubstr("segment " + last + " of the log is not the one that was archived"));
  // Also if it was trimmed so far that its first segment is the one that comes next.
  for (std::uint64_t number = 1; number <= log.segment_count(); ++number)
    ASSERT_TRUE(other.harness.disk.remove(other.harness.segment_file(number)).ok());
  const Status trimmed = archive_all(store, other.harness.disk);
  EXPECT_EQ(trimmed.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(trimmed.error().message, HasSubstr("does not follow what was archived"));
}

// An empty folder, an older copy, and one of the same length whose newest segment was written again.
TEST(Archiver, ALogThatIsNotWhatWasArchivedIsNoLogWithoutNews) {
  SampleLog log(60);
  objects::MemoryStore store;
  Archiver archiver = Archiver::open(store, log.harness.disk).value();
  while (archiver.archive_next().value()) {
  }
  const std::uint64_t last = archiver.last().value();
  ASSERT_EQ(last, log.segment_count());
  files::MemoryDisk& disk = log.harness.disk;
  const std::string newest = disk.contents(log.harness.segment_file(last));
  disk.set_contents(log.harness.segment_file(last), newest.substr(0, newest.size() - log::kTrailerBytes));
  EXPECT_THAT(archiver.archive_next().error().message,
              HasSubstr("segment " + std::to_string(last) + " of the log is not the one that was archived"));
  disk.set_contents(log.harness.segment_file(last), newest);
  EXPECT_FALSE(archiver.archive_next().value());
  // Those that were prepared go as well.
  const std::vector<log::SegmentNumber> numbers = log::list_segments(disk).value();
  for (const log::SegmentNumber number : numbers) {
    if (number.value() < last) continue;
    ASSERT_TRUE(disk.remove(log::segment_name(number)).ok());
  }
  for (const bool is_empty : {false, true}) {
    for (std::uint64_t number = 1; is_empty && number < last; ++number)
      ASSERT_TRUE(disk.remove(log.harness.segment_file(number)).ok());
    const auto refused = archiver.archive_next();
    EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
    EXPECT_THAT(refused.error().message,
                HasSubstr("the log ends before segment " + std::to_string(last) + ", which was archived"));
  }
  EXPECT_EQ(Archive::open(store).value()->segment_count(), last);
}

TEST(Archiver, AHoleInTheLogIsRefused) {
  SampleLog log(60);
  objects::MemoryStore store;
  Archiver archiver = Archiver::open(store, log.harness.disk).value();
  ASSERT_TRUE(archiver.archive_next().value());
  ASSERT_TRUE(log.harness.disk.remove(log.harness.segment_file(2)).ok());
  const auto refused = archiver.archive_next();
  EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(refused.error().message, HasSubstr("segment 2 is missing, and later ones are there"));
}

// What no index takes is said before it is uploaded.
TEST(Archiver, ASegmentWithTooManyShardsIsRefused) {
  files::MemoryDisk disk;
  log::LogOptions options = log::test_options(1);
  options.segment_bytes = 64 * 1024 * 1024;
  const auto log = log::Log::recover(disk, std::move(options), std::nullopt).value();
  log::FrameBuilder frame;
  for (std::uint64_t i = 1; i <= kIndexShardsMax + 1; ++i) {
    frame.add_entry({.shard = ShardId(i),
                     .sequence = SequenceNumber(i),
                     .ordinal = Ordinal(1),
                     .time = 2,
                     .cumulative_bytes = 1},
                    "x");
  }
  ASSERT_TRUE(log->prepare().ok());
  ASSERT_TRUE(log->append(frame, {SequenceNumber(kIndexShardsMax + 1), 2, 1}).ok());
  ASSERT_TRUE(log->stop().ok());
  objects::MemoryStore store;
  const Status refused = archive_all(store, disk);
  EXPECT_EQ(refused.error().code, ErrorCode::kInternal);
  EXPECT_EQ(refused.error().message, "segment 1 has 200001 shards: an index takes 200000");
  EXPECT_FALSE(store.objects().contains(segment_key(log::SegmentNumber(1))));
}

// Else the archive would wait for its end for ever, and nobody would know.
TEST(Archiver, ASegmentWithoutItsEndBeforeASealedOneIsRefused) {
  SampleLog log(60);
  objects::MemoryStore store;
  const std::string file = log.harness.segment_file(2);
  log.harness.disk.flip_byte(file, log.harness.disk.contents(file).size() - 3);
  const Status status = archive_all(store, log.harness.disk);
  EXPECT_EQ(status.error().code, ErrorCode::kCorruption);
  EXPECT_THAT(status.error().message, HasSubstr("segment 2: its end is missing or damaged"));
  EXPECT_EQ(Archive::open(store).value()->segment_count(), 1);
}

TEST(Archiver, NothingIsReplaced) {
  SampleLog log(20);
  objects::MemoryStore store;
  store.objects()[segment_key(log::SegmentNumber(1))] = "something else";
  EXPECT_EQ(archive_all(store, log.harness.disk).error().code, ErrorCode::kCorruption);
  EXPECT_EQ(store.objects()[segment_key(log::SegmentNumber(1))], "something else");
}

TEST(Archive, AMissingIndexIsLoud) {
  SampleLog log(60);
  objects::MemoryStore store;
  EXPECT_EQ(Archive::open(store).error().code, ErrorCode::kResourceNotFound);
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  store.objects().erase(index_key(log::SegmentNumber(2)));
  EXPECT_THAT(Archive::open(store).error().message, HasSubstr("index/0000000000000002.index is missing"));
  EXPECT_FALSE(archive_all(store, log.harness.disk).ok());
}

// Numbers are computed with: 16 digits have room for greater ones.
TEST(Identity, AFirstSegmentOutOfAllProportionIsRefused) {
  const auto decoded = [](std::uint64_t first) {
    std::string bytes = encode_identity({log::LogIncarnation(9), log::SegmentNumber(1), {}}).substr(0, 64);
    log::store(bytes.data(), 24, first);
    return decode_identity(bytes + std::string(log::hash_bytes(log::hash_of(bytes))));
  };
  EXPECT_TRUE(decoded(1).ok());
  EXPECT_TRUE(decoded(kSegmentsMax).ok());
  for (const std::uint64_t first : {std::uint64_t{0}, kSegmentsMax + 1, UINT64_MAX}) {
    EXPECT_EQ(decoded(first).error().code, ErrorCode::kCorruption) << first;
  }
}

// Who can write to the store may say in an index what he likes, with checksums and hashes that fit.
TEST(Archive, AShardWhoseRowsEndWithTheLastOrdinalIsDamage) {
  SampleLog log(20);
  objects::MemoryStore store;
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  std::string& bytes = store.objects().at(index_key(log::SegmentNumber(1)));
  SegmentIndex index = decode_index(bytes).value();
  const std::uint64_t count = log::load<std::uint32_t>(index.shard_bytes, 76);
  log::store(index.shard_bytes.data(), 24, UINT64_MAX - count + 1);
  log::store(index.shard_bytes.data(), 32, UINT64_MAX);
  bytes = encode_index(index);
  const auto archive = Archive::open(store).value();
  const auto visit = [](log::SegmentNumber, const log::Entry&) -> Result<bool> { return true; };
  const Status status = archive->read_shard(ShardId(1), SequenceNumber(), SequenceNumber(UINT64_MAX), visit);
  EXPECT_EQ(status.error().code, ErrorCode::kCorruption) << status.error().message;
}

TEST(SegmentIndex, AnyChangedByteIsNoticed) {
  SampleLog log(10);
  objects::MemoryStore store;
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  const std::string bytes = store.objects().at(index_key(log::SegmentNumber(1)));
  EXPECT_EQ(encode_index(decode_index(bytes).value()), bytes);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_FALSE(decode_index(damaged).ok()) << at;
    EXPECT_FALSE(decode_index(std::string_view(bytes).substr(0, at)).ok()) << at;
  }
}

}  // namespace
}  // namespace gyre::archive
