// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/stream_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/random.h"

namespace gyre::streams::wire {
namespace {

using ::testing::ElementsAreArray;

std::vector<Message> one_of_each() {
  Open open{7,
            Epoch(3),
            storage::LogCursor{Epoch(3), ShardId(4), SequenceNumber(5), Ordinal(6), 8},
            {true, true, true},
            true,
            "consumer",
            2,
            true};
  Open scan{8, {}, SessionOptions::TableScan{"T", std::string("a\0b", 3)}, {}, false, "", 1, false};
  Open shards{9, {}, TableShards{"T"}, {}, false, "", 1, false};
  Opened opened;
  opened.session = 7, opened.nonce = 9, opened.attempt = 2, opened.epoch = Epoch(3);
  opened.position = {Epoch(3), ShardId(4), SequenceNumber(5), Ordinal(6), 8};
  opened.shards.push_back({ShardId(4), ShardId(2), true, SequenceNumber(10), "label", 11, 12});
  opened.shards.emplace_back().shard = ShardId(5);
  opened.key_names = {"id", "sort"};
  opened.state = "state";
  opened.checkpoint = SequenceNumber(5);
  Batch batch;
  batch.session = 7, batch.nonce = 9, batch.previous = Ordinal(6);
  batch.records = storage::RecordList({"first", "", std::string(1000, 'r')});
  batch.scanned_through = {{}, {}, SequenceNumber(9), Ordinal(9), 77};
  batch.head_ordinal = Ordinal(12), batch.watermark = 5;
  batch.scan_position = "row", batch.scan_end = true;
  ConsumerAck progress;
  progress.accepted_through = {{}, ShardId(4), SequenceNumber(9), Ordinal(9), 77};
  progress.previous = SequenceNumber(5), progress.state = "new state", progress.shard_done = true;
  progress.writes = {{ConsumerWrite::Kind::kPut, "T", "item", "", ""},
                     {ConsumerWrite::Kind::kDelete, "T", "key", "", ""},
                     {ConsumerWrite::Kind::kAdd, "T", "key", "count", "1"}};
  return {Hello{1, 2, "reader"},
          Welcome{1, "region", Epoch(3), 1000},
          open,
          scan,
          shards,
          opened,
          Refused{7, RefusedReason::kTrimmed, "gone", SequenceNumber(4)},
          Credit{7, 9, 10, 11},
          batch,
          Tick{2, {{7, 9, Ordinal(6), Ordinal(8), 10, 11}, {}}},
          ShardEnd{7, 9, {ShardId(20), ShardId(21)}, Ordinal(12)},
          Ack{7, 9, 3, progress},
          Acked{7, 9, 3, SequenceNumber(9), Error(ErrorCode::kResourceInUse, "moved")},
          Bye{7, "done"}};
}

TEST(StreamMessage, EveryKindComesBackAsItWas) {
  for (const Message& message : one_of_each()) {
    const std::string frame = encode_message(message);
    const auto decoded = decode_message(frame);
    ASSERT_TRUE(decoded.ok()) << decoded.error().message;
    EXPECT_EQ(decoded->index(), message.index());
    // The encoding holds every member, so equal frames are equal messages.
    EXPECT_EQ(encode_message(*decoded), frame);
  }
}

TEST(StreamMessage, MembersOfABatchAndAnAckSurvive) {
  const auto messages = one_of_each();
  const Batch batch = std::get<Batch>(decode_message(encode_message(messages[8])).value());
  EXPECT_THAT(batch.records, ElementsAreArray(std::get<Batch>(messages[8]).records));
  EXPECT_EQ(batch.scanned_through, std::get<Batch>(messages[8]).scanned_through);
  const Ack ack = std::get<Ack>(decode_message(encode_message(messages[11])).value());
  EXPECT_EQ(ack.progress.writes.at(2).amount, "1");
  EXPECT_EQ(ack.progress.previous, SequenceNumber(5));
  const Acked acked = std::get<Acked>(decode_message(encode_message(messages[12])).value());
  ASSERT_FALSE(acked.outcome.ok());
  EXPECT_EQ(acked.outcome.error().code, ErrorCode::kResourceInUse);
  EXPECT_EQ(std::get<Open>(decode_message(encode_message(messages[3])).value()).source.index(), 1u);
}

TEST(StreamMessage, BatchesOfAnySizesComeBack) {
  SeededRandom random(11);
  for (int i = 0; i < 500; ++i) {
    Batch batch;
    batch.session = i;
    const std::uint64_t size_below = 1 + random.below(i % 10 == 0 ? 20'000 : 40);
    for (std::uint64_t records = random.below(60); records > 0; --records) {
      batch.records.add(std::string(random.below(size_below), 'r'));
    }
    batch.scan_position = std::string(random.below(3000), 'p');
    const Batch decoded = std::get<Batch>(decode_message(encode_message(batch)).value());
    ASSERT_EQ(decoded.session, batch.session);
    ASSERT_THAT(decoded.records, ElementsAreArray(batch.records));
    ASSERT_EQ(decoded.scan_position, batch.scan_position);
  }
}

TEST(StreamMessage, DecodesAtAnyAlignment) {
  const std::string frame = encode_message(one_of_each()[8]);
  for (std::size_t offset = 0; offset < 8; ++offset) {
    const std::string shifted = std::string(offset, 'x') + frame;
    EXPECT_TRUE(decode_message(std::string_view(shifted).substr(offset)).ok());
  }
}

TEST(StreamMessage, CutFramesAreRefused) {
  for (const Message& message : one_of_each()) {
    const std::string frame = encode_message(message);
    for (std::size_t size = 0; size < frame.size(); ++size) {
      // A cut may leave a whole message only if nothing but the end of a text was lost; it must not crash.
      (void)decode_message(std::string_view(frame).substr(0, size)).ok();
    }
    EXPECT_FALSE(decode_message(std::string_view(frame).substr(0, 8)).ok());
  }
  EXPECT_FALSE(decode_message({}).ok());
}

TEST(StreamMessage, DamagedFramesNeverCrashAndNeverGrow) {
  SeededRandom random(11);
  const auto messages = one_of_each();
  for (int round = 0; round < 20'000; ++round) {
    std::string frame = encode_message(messages[random.below(messages.size())]);
    for (std::uint64_t flips = 1 + random.below(4); flips > 0; --flips) {
      frame[random.below(frame.size())] = static_cast<char>(random.next());
    }
    const auto decoded = decode_message(frame);
    if (!decoded.ok()) continue;
    if (const auto* batch = std::get_if<Batch>(&*decoded)) {
      std::size_t bytes = 0;
      for (const std::string_view record : batch->records) bytes += record.size();
      EXPECT_LE(bytes, 3 * frame.size() + 1024);
    }
  }
}

}  // namespace
}  // namespace gyre::streams::wire
