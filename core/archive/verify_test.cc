// SPDX-License-Identifier: Apache-2.0
#include "core/archive/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "core/archive/sample_test.h"

namespace gyre::archive {
namespace {

using ::testing::HasSubstr;
using Objects = std::map<std::string, std::string>;

std::string text_of(const ArchiveReport& report) {
  std::string text;
  for (const Finding& finding : report.findings) text += finding.object + ": " + finding.what + "\n";
  return text;
}

struct VerifySample {
  SampleLog log{40};
  objects::MemoryStore store;
  Known known;
  Objects clean;

  VerifySample() {
    make_sample_archive(log, store);
    known.key = SigningPair(seed_of('1')).public_key();
    known.seal = last_seal(*Archive::open(store).value()).value()->hash();
    clean = store.objects();
  }
  ArchiveReport verify() { return verify_archive(store, known).value(); }
};

TEST(Verify, AnArchiveThatIsWholeHasNoFindings) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SampleLog log(static_cast<int>(5 * seed), seed);
    objects::MemoryStore store;
    make_sample_archive(log, store);
    const ArchiveReport report = verify_archive(store, {}).value();
    EXPECT_EQ(text_of(report), "");
    EXPECT_EQ(report.segment_count, log.segment_count());
    EXPECT_EQ(report.sealed_segment_count, log.segment_count());
    EXPECT_EQ(report.seal_count, 3);
    EXPECT_EQ(report.key_count, 2);
    std::size_t records = 0;
    for (const auto& frame : log.harness.frames) records += frame.content.records.size();
    EXPECT_EQ(report.record_count, records);
  }
}

// An archiver that was interrupted leaves nothing that looks like damage.
TEST(Verify, AnArchiveInTheMakingHasNoFindings) {
  SampleLog log(25);
  objects::MemoryStore undisturbed;
  ASSERT_TRUE(archive_all(undisturbed, log.harness.disk).ok());
  for (std::uint64_t call = 0; call < undisturbed.call_count(); ++call) {
    objects::MemoryStore store;
    store.fail_after(call, objects::MemoryStore::Failure::kAfter);
    EXPECT_FALSE(archive_all(store, log.harness.disk).ok());
    store.recover();
    if (!store.objects().contains(kIdentityKey)) continue;
    EXPECT_EQ(text_of(verify_archive(store, {}).value()), "") << call;
  }
}

TEST(Verify, NamesTheRecordThatWasChanged) {
  VerifySample sample;
  const auto record = sample.log.harness.records(ShardId(1)).at(10);
  for (auto& [key, bytes] : sample.store.objects()) {
    const std::size_t at = key.starts_with(kSegmentsPrefix) ? bytes.find(record.bytes) : std::string::npos;
    if (at != std::string::npos) bytes[at] = static_cast<char>(bytes[at] ^ 1);
  }
  EXPECT_THAT(text_of(sample.verify()),
              HasSubstr("the record with sequence " + std::to_string(record.head.sequence.value()) +
                        " of shard 1 is damaged"));
}

TEST(Verify, TruncationAndSigningAgainNeedASecondPlace) {
  VerifySample sample;
  // The newest seal and what only it has go; nothing tells, but for who knows of the seal.
  const Seal second = decode_seal(sample.clean.at(seal_key(SealNumber(2)))).value();
  sample.store.objects().erase(seal_key(SealNumber(3)));
  for (std::uint64_t number = second.segment_count + 1; number <= sample.log.segment_count(); ++number) {
    sample.store.objects().erase(segment_key(log::SegmentNumber(number)));
    sample.store.objects().erase(index_key(log::SegmentNumber(number)));
  }
  EXPECT_EQ(text_of(verify_archive(sample.store, {}).value()), "");
  EXPECT_THAT(text_of(sample.verify()), HasSubstr("the seal that is known from elsewhere is missing"));
  // All of it, signed by somebody else.
  objects::MemoryStore forged;
  ASSERT_TRUE(archive_all(forged, sample.log.harness.disk).ok());
  ASSERT_TRUE(seal_archive(*Archive::open(forged).value(), SigningPair(seed_of('9')), 1).ok());
  EXPECT_EQ(text_of(verify_archive(forged, {}).value()), "");
  EXPECT_THAT(text_of(verify_archive(forged, {.key = sample.known.key}).value()),
              HasSubstr("the key that is known from elsewhere is none of the archive's"));
}

/// Damages an archive in some way; answers the objects of which one must be named.
class Vandal {
 public:
  explicit Vandal(std::uint64_t seed) : random_(seed) {}

  std::vector<std::string> damage(Objects& objects) {
    const std::string key = any(objects);
    std::string& bytes = objects[key];
    switch (random_.below(8)) {
      case 0:
      case 1:
      case 2: {
        char& byte = bytes[random_.below(bytes.size())];
        byte = static_cast<char>(byte ^ (1 << random_.below(8)));
        return {key};
      }
      case 3:
        bytes.erase(random_.below(bytes.size()), 1 + random_.below(40));
        return {key};
      case 4:
        bytes.insert(random_.below(bytes.size() + 1), std::string(1 + random_.below(40), 'x'));
        return {key};
      case 5:
        objects.erase(key);
        return {key, number_of_kind(key) ? kSealsPrefix : key};
      case 6: {
        const std::string other = any(objects);
        if (other == key || objects[other] == bytes) return damage(objects);
        std::swap(objects[other], bytes);
        return {key, other};
      }
      default:
        return add(objects, key);
    }
  }

 private:
  static bool number_of_kind(const std::string& key) { return key.starts_with(kSealsPrefix); }

  std::string any(const Objects& objects) {
    auto at = objects.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random_.below(objects.size())));
    return at->first;
  }

  // A copy under the number behind the last of its kind, or something with a name of its own.
  std::vector<std::string> add(Objects& objects, const std::string& key) {
    const std::string bytes = objects[key];
    std::string added = key + "x";
    if (key != kIdentityKey && random_.below(2) == 0) {
      const std::size_t slash = key.find('/');
      auto last = objects.upper_bound(key.substr(0, slash) + "0");
      const std::string newest = std::prev(last)->first;
      const std::uint64_t number = std::stoull(newest.substr(slash + 1, 16)) + 1;
      std::string digits = std::to_string(number);
      digits.insert(0, 16 - digits.size(), '0');
      added = newest.substr(0, slash + 1) + digits + newest.substr(slash + 17);
    }
    objects[added] = bytes;
    return {added};
  }

  SeededRandom random_;
};

// GYRE_CORRUPTIONS sets how many.
TEST(Verify, AnyCorruptionIsFoundAndNamed) {
  const char* const wanted = std::getenv("GYRE_CORRUPTIONS");
  const std::uint64_t count = wanted == nullptr ? 100 : std::strtoull(wanted, nullptr, 10);
  VerifySample sample;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    sample.store.objects() = sample.clean;
    const std::vector<std::string> damaged = Vandal(seed).damage(sample.store.objects());
    const ArchiveReport report = sample.verify();
    const bool named =
        std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
          return std::find(damaged.begin(), damaged.end(), finding.object) != damaged.end();
        });
    EXPECT_TRUE(named) << "seed " << seed << ", " << damaged.front() << "; found:\n" << text_of(report);
  }
  sample.store.objects() = sample.clean;
  EXPECT_EQ(text_of(sample.verify()), "");
}

// An archive that begins later has nothing below its first segment, whatever it is called.
TEST(Verify, NamesWhatLiesBelowTheFirstSegment) {
  SampleLog log(60);
  ASSERT_TRUE(log.harness.disk.remove(log.harness.segment_file(1)).ok());
  objects::MemoryStore store;
  ASSERT_TRUE(archive_all(store, log.harness.disk).ok());
  EXPECT_EQ(text_of(verify_archive(store, {}).value()), "");
  const std::vector<std::string> added = {segment_key(log::SegmentNumber(1)),
                                          index_key(log::SegmentNumber(1))};
  for (const std::string& key : added) store.objects()[key] = "x";
  const ArchiveReport report = verify_archive(store, {}).value();
  ASSERT_EQ(report.findings.size(), 2);
  for (const std::string& key : added)
    EXPECT_THAT(text_of(report), HasSubstr(key + ": it is none of the archive's objects"));
}

TEST(Verify, AStoreThatFailsIsNoDamage) {
  VerifySample sample;
  sample.store.fail_after(30, objects::MemoryStore::Failure::kBefore);
  EXPECT_EQ(verify_archive(sample.store, sample.known).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace gyre::archive
