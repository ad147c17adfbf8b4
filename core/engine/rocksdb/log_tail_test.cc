// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rocksdb/log_tail.h"

#include <filesystem>
#include <fstream>

#include "core/engine/rocksdb/rocksdb_engine.h"
#include "core/engine/testing/results.h"
#include "core/engine/testing/temporary_directory.h"

namespace gyre::storage {
namespace {

constexpr std::size_t kSectorBytes = 512;

// A log as RocksDB writes it: its bytes, and where its batches end.
struct WrittenLog {
  std::string bytes;
  std::vector<std::size_t> ends;
};

std::string only_log(const std::string& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".log") return entry.path().string();
  }
  return "";
}

WrittenLog write_log(const std::vector<std::size_t>& value_bytes, std::uint64_t seed) {
  const TemporaryDirectory directory;
  RocksdbOptions options;
  options.directory = directory.path();
  options.flush_on_stop = false;
  const auto engine = ok(open_rocksdb(options));
  const std::string path = only_log(directory.path());
  WrittenLog log;
  SeededRandom random(seed);
  for (const std::size_t bytes : value_bytes) {
    std::string value(bytes, '\0');
    for (char& byte : value) byte = static_cast<char>(1 + random.below(255));
    Batch batch;
    batch.put(Family::kItems, "key" + std::to_string(log.ends.size()), std::move(value));
    EXPECT_EQ(commit_and_wait(*engine, batch, Durability::kSync).outcome, CommitOutcome::kCommitted);
    log.ends.push_back(std::filesystem::file_size(path));
  }
  std::ifstream file(path, std::ios::binary);
  log.bytes.assign(std::istreambuf_iterator<char>(file), {});
  return log;
}

std::string with_zeros(std::string log) {
  log.append(100'000, '\0');
  return log;
}

class LogTail : public testing::TestWithParam<std::size_t> {
 protected:
  // The last batch is of the parameter's size: one record, or many.
  const WrittenLog log_ = write_log({100, 40'000, 7, 700, GetParam()}, GetParam());
  const std::size_t last_begin_ = log_.ends[log_.ends.size() - 2];
};
INSTANTIATE_TEST_SUITE_P(Sizes, LogTail, testing::Values(10, 600, 5'000, 90'000));

TEST_P(LogTail, AWholeLogIsLeftAsItIs) {
  EXPECT_EQ(end_of_batches(log_.bytes), log_.bytes.size());
  EXPECT_EQ(end_of_batches(""), 0U);
}

TEST_P(LogTail, ZerosBehindTheLastBatchAreCutOff) {
  EXPECT_EQ(end_of_batches(with_zeros(log_.bytes)), log_.bytes.size());
  EXPECT_EQ(end_of_batches(with_zeros("")), 0U);
}

TEST_P(LogTail, ABatchThatTheFileCutsOffIsCutOffWhole) {
  SeededRandom random(GetParam());
  for (int i = 0; i < 200; ++i) {
    const std::size_t size = last_begin_ + random.below(log_.bytes.size() - last_begin_);
    EXPECT_EQ(end_of_batches(log_.bytes.substr(0, size)), last_begin_) << size;
  }
}

TEST_P(LogTail, ABatchOfWhichSectorsNeverReachedTheDiskIsCutOffWhole) {
  SeededRandom random(GetParam());
  for (int i = 0; i < 200; ++i) {
    std::string log = with_zeros(log_.bytes);
    bool whole = true;
    for (std::size_t at = last_begin_; at < log_.bytes.size();) {
      const std::size_t end = std::min(log_.bytes.size(), at - at % kSectorBytes + kSectorBytes);
      if (random.below(3) == 0) {
        std::fill(log.begin() + static_cast<long>(at), log.begin() + static_cast<long>(end), '\0');
        whole = false;
      }
      at = end;
    }
    EXPECT_EQ(end_of_batches(log), whole ? log_.bytes.size() : last_begin_);
  }
}

TEST_P(LogTail, NoFlippedBitMakesItCutOffMoreThanTheLastBatch) {
  SeededRandom random(GetParam());
  for (int i = 0; i < 500; ++i) {
    std::string log = with_zeros(log_.bytes);
    const std::size_t at = random.below(last_begin_);
    log[at] = static_cast<char>(log[at] ^ (1 << random.below(8)));
    const std::optional<std::size_t> end = end_of_batches(log);
    // What it lets pass has a wrong checksum, which RocksDB refuses.
    EXPECT_EQ(end.value_or(log_.bytes.size()), log_.bytes.size()) << at;
  }
}

TEST_P(LogTail, AFlippedBitInTheLastBatchIsNoTear) {
  SeededRandom random(GetParam());
  for (int i = 0; i < 100; ++i) {
    std::string log = log_.bytes;
    const std::size_t at = last_begin_ + 7 + random.below(GetParam());  // behind its first header
    log[at] = static_cast<char>(log[at] ^ (1 << random.below(8)));
    const std::optional<std::size_t> end = end_of_batches(log);
    EXPECT_NE(end, log_.bytes.size()) << at;
  }
}

TEST_P(LogTail, AZeroedSectorBeforeTheLastBatchIsDamage) {
  for (std::size_t at = 0; at + kSectorBytes <= last_begin_; at += kSectorBytes) {
    std::string log = log_.bytes;
    std::fill_n(log.begin() + static_cast<long>(at), kSectorBytes, '\0');
    const std::optional<std::size_t> end = end_of_batches(log);
    // Within a batch's data the chain of headers holds: RocksDB finds the checksum wrong.
    EXPECT_EQ(end.value_or(log.size()), log.size()) << at;
  }
}

}  // namespace
}  // namespace gyre::storage
