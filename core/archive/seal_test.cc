// SPDX-License-Identifier: Apache-2.0
#include "core/archive/seal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/archive/sample_test.h"
#include "core/base/hex.h"

namespace gyre::archive {
namespace {

using ::testing::HasSubstr;

// The first test vector of RFC 8032, section 7.1.
TEST(SigningPair, SignsAsRfc8032) {
  const SigningPair pair(
      from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").value());
  EXPECT_EQ(hex(key_bytes(pair.public_key())),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(hex(pair.sign("")),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595b"
            "be24655141438e7a100b");
}

TEST(Seal, AnyChangedByteIsNoticed) {
  SampleLog log(20);
  objects::MemoryStore store;
  make_sample_archive(log, store);
  const auto check = [](const std::string& bytes, const auto& decode) {
    ASSERT_TRUE(decode(bytes).ok());
    EXPECT_EQ(decode(bytes).value().bytes, bytes);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ 16);
      EXPECT_FALSE(decode(damaged).ok()) << at;
      EXPECT_FALSE(decode(bytes.substr(0, at)).ok()) << at;
    }
  };
  check(store.objects().at(seal_key(SealNumber(3))), decode_seal);
  check(store.objects().at(key_key(KeyNumber(2))), decode_key_record);
}

TEST(Seal, EachNamesTheOneBefore) {
  SampleLog log(20);
  objects::MemoryStore store;
  make_sample_archive(log, store);
  const auto archive = Archive::open(store).value();
  const Seal first = read_seal(*archive, SealNumber(1)).value();
  const Seal second = read_seal(*archive, SealNumber(2)).value();
  const Seal third = read_seal(*archive, SealNumber(3)).value();
  EXPECT_EQ(first.before, log::Hash{});
  EXPECT_EQ(second.before, first.hash());
  EXPECT_EQ(third.before, second.hash());
  EXPECT_EQ(third.segment_count, archive->segment_count());
  EXPECT_EQ(third.last_sequence, log.harness.frames.back().content.stamp.last_sequence);
  EXPECT_EQ(second.key_number.value(), 1);
  EXPECT_EQ(third.key_number.value(), 2);
  EXPECT_EQ(third.key, SigningPair(seed_of('2')).public_key());
}

TEST(Seal, OnlyTheNewestKeySeals) {
  SampleLog log(20);
  objects::MemoryStore store;
  make_sample_archive(log, store);
  log.add(10);
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  const auto archive = Archive::open(store).value();
  EXPECT_EQ(seal_archive(*archive, SigningPair(seed_of('1')), 4000).error().code, ErrorCode::kValidation);
  EXPECT_EQ(
      rotate_key(*archive, SigningPair(seed_of('1')), SigningPair(seed_of('3')).public_key(), 1).error().code,
      ErrorCode::kValidation);
  EXPECT_EQ(
      rotate_key(*archive, SigningPair(seed_of('2')), SigningPair(seed_of('2')).public_key(), 1).error().code,
      ErrorCode::kValidation);
  // A clock that went back does not make a seal older than the one before.
  EXPECT_EQ(seal_archive(*archive, SigningPair(seed_of('2')), 17).value()->time_ms, 3000);
  EXPECT_FALSE(seal_archive(*archive, SigningPair(seed_of('2')), 5000).value());
}

// Its tree would be gone on with, and what it says signed with the archive's own key.
TEST(Seal, ALastSealOfAnotherKeyIsNotGoneOnWith) {
  SampleLog log(20);
  objects::MemoryStore store;
  make_sample_archive(log, store);
  const std::string name = seal_key(SealNumber(3));
  const std::string honest = store.objects().at(name);
  log.add(10);
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  const auto archive = Archive::open(store).value();
  // A stranger's key, the archive's other key, and a number that no key has.
  for (const auto& [seed, number] :
       std::vector<std::pair<char, std::uint64_t>>{{'9', 2}, {'1', 2}, {'2', 3}}) {
    Seal forged = decode_seal(honest).value();
    forged.key_number = KeyNumber(number);
    sign_seal(forged, SigningPair(seed_of(seed)));
    store.objects()[name] = forged.bytes;
    ASSERT_TRUE(last_seal(*archive).ok());
    const auto sealed = seal_archive(*archive, SigningPair(seed_of('2')), 4000);
    ASSERT_FALSE(sealed.ok()) << seed << number;
    EXPECT_EQ(sealed.error().code, ErrorCode::kCorruption);
    EXPECT_THAT(sealed.error().message, HasSubstr(name + ": it is signed with a key that is none"));
  }
  store.objects()[name] = honest;
  EXPECT_TRUE(seal_archive(*archive, SigningPair(seed_of('2')), 4000).value());
}

// At each of its operations the store goes away. Sealing again goes on.
TEST(Seal, GoesOnAfterAnyFailure) {
  SampleLog log(20);
  objects::MemoryStore archived;
  ASSERT_TRUE(archive_all(archived, log.harness.disk).ok());
  const SigningPair pair(seed_of('1'));
  for (const auto how : {objects::MemoryStore::Failure::kBefore, objects::MemoryStore::Failure::kAfter}) {
    for (std::uint64_t call = 0;; ++call) {
      objects::MemoryStore store;
      store.objects() = archived.objects();
      const auto archive = Archive::open(store).value();
      store.fail_after(call, how);
      const bool failed = !seal_archive(*archive, pair, 1000).ok();
      store.recover();
      if (!failed) break;
      ASSERT_TRUE(seal_archive(*archive, pair, 1000).ok()) << call;
      const Seal seal = last_seal(*archive).value().value();
      EXPECT_EQ(seal.number, SealNumber(1));
      EXPECT_EQ(seal.segment_count, log.segment_count());
    }
  }
}

}  // namespace
}  // namespace gyre::archive
