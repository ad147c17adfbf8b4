// SPDX-License-Identifier: Apache-2.0
#include "core/archive/proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/archive/sample_test.h"
#include "core/base/hex.h"
#include "core/json/json_reader.h"
#include "core/log/forged_test.h"
#include "core/log/merkle.h"
#include "core/log/merkle_path.h"

namespace gyre::archive {
namespace {

using ::testing::HasSubstr;

std::string bytes_of(const json::Value& line, const char* name) {
  return from_hex(line.find(name)->as_string()).value();
}

std::vector<log::Hash> hashes_of(const json::Value& line, const char* name) {
  std::vector<log::Hash> hashes;
  const Status status = line.find(name)->for_each_element([&](const json::Value& hash) -> Status {
    hashes.push_back(load_hash(from_hex(hash.as_string()).value(), 0));
    return {};
  });
  EXPECT_TRUE(status.ok());
  return hashes;
}

TEST(Proof, LeadsFromARecordToTheSeal) {
  SampleLog log(40);
  objects::MemoryStore store;
  make_sample_archive(log, store);
  const auto archive = Archive::open(store).value();
  const Seal seal = last_seal(*archive).value().value();
  std::size_t proven = 0;
  for (const auto& frame : log.harness.frames) {
    for (const auto& record : frame.content.records) {
      if (proven++ % 7 != 0) continue;
      const std::string text = prove_inclusion(*archive, record.head.shard, record.head.sequence).value();
      json::Parser parser;
      const json::Value line = parser.parse(text).value();
      EXPECT_EQ(bytes_of(line, "bytes"), record.bytes);
      const std::string trailer = bytes_of(line, "trailer");
      const std::string row = bytes_of(line, "row") + std::string(4, '\0');
      const auto root =
          log::root_from_path(log::merkle_leaf(row, record.bytes),
                              static_cast<std::uint64_t>(*line.find("record_position")->as_int()),
                              log::load<std::uint64_t>(trailer, 80), hashes_of(line, "record_path"));
      EXPECT_EQ(root, load_hash(trailer, 160));
      EXPECT_EQ(log::root_from_path(segment_leaf(trailer), log::load<std::uint64_t>(trailer, 16) - 1,
                                    seal.segment_count, hashes_of(line, "segment_path")),
                seal.root);
      EXPECT_EQ(bytes_of(line, "seal"), seal.bytes);
    }
  }
  EXPECT_GT(proven, 50);
}

TEST(Proof, SaysWhatCannotBeProven) {
  SampleLog log(40);
  objects::MemoryStore store;
  make_sample_archive(log, store);
  log.add(10);
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  const auto archive = Archive::open(store).value();
  const auto record = log.harness.records(ShardId(1)).front();
  EXPECT_EQ(prove_inclusion(*archive, ShardId(2), record.head.sequence).error().code,
            ErrorCode::kResourceNotFound);
  EXPECT_EQ(prove_inclusion(*archive, ShardId(1), SequenceNumber(99'999)).error().code,
            ErrorCode::kResourceNotFound);
  const auto newest = log.harness.records(ShardId(1)).back();
  const auto unsealed = prove_inclusion(*archive, ShardId(1), newest.head.sequence);
  EXPECT_EQ(unsealed.error().code, ErrorCode::kValidation);
  EXPECT_THAT(unsealed.error().message, HasSubstr("no seal has segment"));
  EXPECT_EQ(prove_consistency(*archive, SealNumber(2), SealNumber(1)).error().code, ErrorCode::kValidation);
  EXPECT_EQ(prove_consistency(*archive, SealNumber(1), SealNumber(9)).error().code,
            ErrorCode::kResourceNotFound);
}

struct Sample {
  SampleLog log{40};
  objects::MemoryStore store;

  Sample() { make_sample_archive(log, store); }
  Result<std::string> prove() {
    const auto record = log.harness.records(ShardId(1)).front();
    return prove_inclusion(*Archive::open(store).value(), record.head.shard, record.head.sequence);
  }
  Result<std::string> prove_all_seals() {
    return prove_consistency(*Archive::open(store).value(), SealNumber(1), SealNumber(3));
  }
};

TEST(Proof, OfAnArchiveThatLostItsNewestIndexesIsRefused) {
  Sample sample;
  ASSERT_TRUE(sample.prove().ok());
  ASSERT_TRUE(sample.prove_all_seals().ok());
  const std::string newest = index_key(log::SegmentNumber(sample.log.segment_count()));
  sample.store.objects().erase(newest);
  for (const auto& refused : {sample.prove(), sample.prove_all_seals()}) {
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
    EXPECT_THAT(refused.error().message, HasSubstr(newest + " is missing"));
  }
}

// A proof that does not hold would be held against an honest owner.
TEST(Proof, ThatWouldNotHoldIsNotAnswered) {
  Sample sample;
  const std::string name = seal_key(SealNumber(3));
  const std::string honest = sample.store.objects().at(name);
  const SigningPair pair(seed_of('2'));
  {
    // A seal of other segments.
    Seal seal = decode_seal(honest).value();
    log::MerkleTree tree;
    for (std::uint64_t i = 0; i < seal.segment_count; ++i) tree.add(log::Hash{});
    seal.complete = tree.complete();
    sign_seal(seal, pair);
    sample.store.objects()[name] = seal.bytes;
  }
  for (const auto& refused : {sample.prove(), sample.prove_all_seals()}) {
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
    EXPECT_EQ(refused.error().message, name + ": the segments are others than those that it seals");
  }
  {
    // A seal of a key that is none of the archive's.
    Seal seal = decode_seal(honest).value();
    sign_seal(seal, SigningPair(seed_of('9')));
    sample.store.objects()[name] = seal.bytes;
  }
  for (const auto& refused : {sample.prove(), sample.prove_all_seals()}) {
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message, HasSubstr(name + ": it is signed with a key that is none"));
  }
  sample.store.objects()[name] = honest;
  {
    // An index that names other records.
    std::string& bytes = sample.store.objects().at(index_key(log::SegmentNumber(1)));
    SegmentIndex index = decode_index(bytes).value();
    index.trailer_bytes[160] = static_cast<char>(index.trailer_bytes[160] ^ 1);
    log::make_trailer_right(index.trailer_bytes, index.first_bytes);
    bytes = encode_index(index);
  }
  const auto refused = sample.prove();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kCorruption);
  EXPECT_EQ(refused.error().message,
            segment_key(log::SegmentNumber(1)) + ": its records are others than its index says");
}

TEST(Proof, LeadsFromOneSealToAnother) {
  SampleLog log(40);
  objects::MemoryStore store;
  make_sample_archive(log, store);
  const auto archive = Archive::open(store).value();
  for (std::uint64_t old_number = 1; old_number <= 3; ++old_number) {
    for (std::uint64_t new_number = old_number; new_number <= 3; ++new_number) {
      const Seal old_seal = read_seal(*archive, SealNumber(old_number)).value();
      const Seal new_seal = read_seal(*archive, SealNumber(new_number)).value();
      const std::string text =
          prove_consistency(*archive, SealNumber(old_number), SealNumber(new_number)).value();
      json::Parser parser;
      const json::Value line = parser.parse(text).value();
      EXPECT_TRUE(log::is_consistent(old_seal.segment_count, old_seal.root, new_seal.segment_count,
                                     new_seal.root, hashes_of(line, "path")));
    }
  }
}

}  // namespace
}  // namespace gyre::archive
