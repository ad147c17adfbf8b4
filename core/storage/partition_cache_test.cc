// SPDX-License-Identifier: Apache-2.0
#include "core/storage/partition_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "core/engine/forwarding_engine.h"
#include "core/engine/memory/memory_engine.h"
#include "core/storage/harness_test.h"
#include "core/storage/row_keys.h"

namespace gyre::storage {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

constexpr std::size_t kCacheBytes = 256 * 1024;

/// A cache over an engine, with the writer's part played by hand.
class Partitions : public ::testing::Test {
 protected:
  // Of one table; the first byte stands for the hash.
  static std::string partition(const std::string& name) {
    return std::string(8, '\0') + std::string(8, name.front()) + name;
  }

  void store(const Batch& batch) { ASSERT_TRUE(engine->apply(batch).ok()); }
  static Batch putting(const std::string& row, const std::string& value, Family family = Family::kItems) {
    Batch batch;
    batch.put(family, row, value);
    return batch;
  }
  // Unseen by the cache.
  void put_behind_its_back(const std::string& row, const std::string& value, Family family = Family::kItems) {
    store(putting(row, value, family));
  }
  void begin_write(const Batch& batch) {
    for (const Batch::Change& change : batch.changes()) cache.begin_write(change.family, change.key);
  }
  void write(const Batch& batch) {
    begin_write(batch);
    store(batch);
    cache.committed();
  }

  std::unique_ptr<Iterator> iterate(const std::string& prefix, std::string lower = "", std::string upper = "",
                                    Family family = Family::kItems, bool to_the_end = true) {
    IterateOptions options;
    options.lower = std::move(lower);
    if (options.lower.empty()) options.lower = prefix;
    options.upper = std::move(upper);
    if (options.upper.empty()) options.upper = prefix_end(prefix);
    return cache.iterate(*engine, family, prefix, options, to_the_end);
  }
  static Rows walk(Iterator& rows, bool forward = true) {
    Rows seen;
    for (forward ? rows.seek_to_first() : rows.seek_to_last(); rows.valid();
         forward ? rows.next() : rows.prev()) {
      seen.emplace_back(rows.key(), rows.value());
    }
    EXPECT_TRUE(rows.status().ok());
    return seen;
  }
  Rows read(const std::string& prefix, Family family = Family::kItems) {
    return walk(*iterate(prefix, "", "", family));
  }

  std::unique_ptr<MemoryEngine> engine = MemoryEngine::create();
  PartitionCache cache{kCacheBytes};
  const std::string p = partition("p");
};

TEST_F(Partitions, WhatWasReadToItsEndIsNotReadAgain) {
  for (const bool forward : {true, false}) {
    const std::string prefix = partition(forward ? "forward" : "Backward");
    put_behind_its_back(prefix + "1", "a");
    put_behind_its_back(prefix + "2", "b");
    walk(*iterate(prefix), forward);
    put_behind_its_back(prefix + "3", "c");
    EXPECT_EQ(read(prefix), (Rows{{prefix + "1", "a"}, {prefix + "2", "b"}}));
  }
}

TEST_F(Partitions, ThatThereIsNothingIsKeptToo) {
  EXPECT_EQ(read(p), Rows());
  put_behind_its_back(p + "1", "a");
  EXPECT_EQ(read(p), Rows());
}

TEST_F(Partitions, WhatWasReadInPartIsNotKept) {
  for (const char* sort : {"1", "2", "3"}) put_behind_its_back(p + sort, "a");
  const auto expect_not_kept = [&](const std::string& what) {
    put_behind_its_back(p + "1", what);
    const auto rows = iterate(p);
    rows->seek_to_first();
    EXPECT_EQ(rows->value(), what);
  };
  const auto left = iterate(p);
  left->seek_to_first();
  left->next();
  expect_not_kept("left before the end");
  walk(*iterate(p, p + "2"));
  expect_not_kept("from a lower bound on");
  walk(*iterate(p, "", p + "3"));
  expect_not_kept("up to an upper bound");
  walk(*iterate(p, "", "", Family::kItems, false));
  expect_not_kept("by who did not mean to");
  const auto sought = iterate(p);
  for (sought->seek(p + "2"); sought->valid(); sought->next()) {
  }
  expect_not_kept("sought");
  const auto turned = iterate(p);
  turned->seek_to_first();
  turned->next();
  turned->prev();
  turned->prev();
  EXPECT_FALSE(turned->valid());
  expect_not_kept("turned back");
}

TEST_F(Partitions, AWriteInAPartitionIsSeenOnceItIsCommitted) {
  write(putting(p + "1", "a"));
  EXPECT_EQ(read(p), (Rows{{p + "1", "a"}}));
  const Batch batch = putting(p + "1", "b");
  begin_write(batch);
  EXPECT_EQ(read(p), (Rows{{p + "1", "a"}}));  // from the engine, and not kept
  store(batch);
  EXPECT_EQ(read(p), (Rows{{p + "1", "b"}}));
  cache.committed();
  EXPECT_EQ(read(p), (Rows{{p + "1", "b"}}));
  put_behind_its_back(p + "1", "c");
  EXPECT_EQ(read(p), (Rows{{p + "1", "b"}}));  // kept
  Batch erasing;
  erasing.erase(Family::kItems, p + "1");
  write(erasing);
  EXPECT_EQ(read(p), Rows());
}

TEST_F(Partitions, AReadThatBeganBeforeAWriteKeepsNothing) {
  write(putting(p + "1", "a"));
  const auto rows = iterate(p);
  write(putting(p + "1", "b"));
  EXPECT_EQ(walk(*rows), (Rows{{p + "1", "a"}}));
  EXPECT_EQ(read(p), (Rows{{p + "1", "b"}}));
}

TEST_F(Partitions, OtherPartitionsStayWhenOneIsWritten) {
  const std::string q = partition("q");
  put_behind_its_back(q + "1", "a");
  read(q);
  put_behind_its_back(q + "1", "b");
  write(putting(p + "1", "a"));
  write(putting(q + "1", "index", Family::kIndexes));
  EXPECT_EQ(read(q), (Rows{{q + "1", "a"}}));
  EXPECT_EQ(read(q, Family::kIndexes), (Rows{{q + "1", "index"}}));
}

TEST_F(Partitions, PartitionsThatShareAHashAreNotTakenForEachOther) {
  const std::string one = partition("x1");
  const std::string two = partition("x2");
  write(putting(one + "a", "1"));
  write(putting(two + "b", "2"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(read(one), (Rows{{one + "a", "1"}}));
    EXPECT_EQ(read(two), (Rows{{two + "b", "2"}}));
  }
}

/// Fails in the midst of a partition.
class BrokenRows final : public ForwardingEngine {
 public:
  using ForwardingEngine::ForwardingEngine;
  std::unique_ptr<Iterator> iterate(Family family, const IterateOptions& options) const override {
    return std::make_unique<Broken>(ForwardingEngine::iterate(family, options));
  }

 private:
  static Error refused() { return {ErrorCode::kIncomplete, "not in memory"}; }

  class Broken final : public Iterator {
   public:
    explicit Broken(std::unique_ptr<Iterator> rows) : rows_(std::move(rows)) {}
    void seek(std::string_view key) override { rows_->seek(key); }
    void seek_for_prev(std::string_view key) override { rows_->seek_for_prev(key); }
    void seek_to_first() override { rows_->seek_to_first(); }
    void seek_to_last() override { rows_->seek_to_last(); }
    bool valid() const override { return !broken_ && rows_->valid(); }
    void next() override { broken_ = true; }
    void prev() override { broken_ = true; }
    std::string_view key() const override { return rows_->key(); }
    std::string_view value() const override { return rows_->value(); }
    Status status() const override { return broken_ ? Status(refused()) : Status(); }

   private:
    std::unique_ptr<Iterator> rows_;
    bool broken_ = false;
  };
};

TEST_F(Partitions, AReadThatFailedKeepsNothing) {
  put_behind_its_back(p + "1", "a");
  put_behind_its_back(p + "2", "b");
  const BrokenRows broken(*engine);
  const auto rows = cache.iterate(broken, Family::kItems, p, {.lower = p, .upper = prefix_end(p)}, true);
  for (rows->seek_to_first(); rows->valid(); rows->next()) {
  }
  EXPECT_FALSE(rows->status().ok());
  EXPECT_EQ(read(p).size(), 2u);
}

TEST_F(Partitions, HoldsNoMoreBytesThanItMay) {
  constexpr int kPartitions = 600;
  const auto name = [](int i) { return std::string(1, static_cast<char>(i % 256)) + std::to_string(i); };
  for (int i = 0; i < kPartitions; ++i) {
    put_behind_its_back(partition(name(i)) + "1", std::string(2000, 'x'));
    read(partition(name(i)));
  }
  int kept = 0;
  for (int i = kPartitions - 1; i >= 0; --i) {
    put_behind_its_back(partition(name(i)) + "2", "from the engine");
    if (read(partition(name(i))).size() == 1) ++kept;
  }
  EXPECT_GT(kept, 16);
  EXPECT_LE(kept, static_cast<int>(kCacheBytes / 2000));
}

TEST_F(Partitions, OneIsKeptUpToASize) {
  for (const bool large : {false, true}) {
    const std::string prefix = partition(large ? "large" : "fits");
    for (int i = 0; i < 8; ++i) {
      put_behind_its_back(prefix + std::to_string(i),
                          std::string(kCacheBytes / 64 / 8 - (large ? 0 : 80), 'x'));
    }
    for (const bool forward : {true, false}) EXPECT_EQ(walk(*iterate(prefix), forward).size(), 8u);
    put_behind_its_back(prefix + "9", "behind its back");
    EXPECT_EQ(read(prefix).size(), large ? 9u : 8u);
    write(putting(prefix + "9", "b"));
    EXPECT_EQ(read(prefix).size(), 9u);
  }
}

// Whatever steps are taken over whatever bounds, what is kept answers as the engine does.
TEST_F(Partitions, KeptRowsAreSteppedOverAsThoseOfTheEngine) {
  std::mt19937 random(7);
  const auto any = [&](int count) { return static_cast<int>(random() % static_cast<unsigned>(count)); };
  const auto any_key = [&] { return p + static_cast<char>('a' + any(26)); };
  for (int i = 0; i < 12; ++i) put_behind_its_back(any_key(), std::to_string(i));
  read(p);
  for (int round = 0; round < 500; ++round) {
    IterateOptions options;
    options.lower = any(3) == 0 ? p : any_key();
    options.upper = any(3) == 0 ? prefix_end(p) : any_key();
    const auto kept = cache.iterate(*engine, Family::kItems, p, options, round % 2 == 0);
    const auto from_engine = engine->iterate(Family::kItems, options);
    for (int step = 0; step < 20; ++step) {
      const std::string key = any_key();
      const int kind = from_engine->valid() ? any(6) : any(4);
      for (Iterator* rows : {kept.get(), from_engine.get()}) {
        switch (kind) {
          case 0:
            rows->seek(key);
            break;
          case 1:
            rows->seek_for_prev(key);
            break;
          case 2:
            rows->seek_to_first();
            break;
          case 3:
            rows->seek_to_last();
            break;
          case 4:
            rows->next();
            break;
          default:
            rows->prev();
        }
      }
      ASSERT_EQ(kept->valid(), from_engine->valid()) << "kind " << kind;
      if (!kept->valid()) continue;
      ASSERT_EQ(kept->key(), from_engine->key()) << "kind " << kind;
      ASSERT_EQ(kept->value(), from_engine->value());
    }
  }
}

TEST_F(Partitions, AReaderNeverSeesAnOlderValueThanOneThatWasCommitted) {
  std::atomic<int> committed = 0;
  std::atomic<bool> done = false;
  write(putting(p + "n", "0"));
  const auto read_along = [&](bool forward) {
    int seen = 0;
    while (!done) {
      const int at_least = std::max(committed.load(), seen);
      const Rows rows = walk(*iterate(p), forward);
      ASSERT_EQ(rows.size(), 1u);
      seen = std::stoi(rows.front().second);
      ASSERT_GE(seen, at_least);
    }
  };
  std::thread one(read_along, true);
  std::thread two(read_along, false);
  for (int i = 1; i <= 2000; ++i) {
    write(putting(p + "n", std::to_string(i)));
    committed = i;
  }
  done = true;
  one.join();
  two.join();
}

}  // namespace
}  // namespace gyre::storage
