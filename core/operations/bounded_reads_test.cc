// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <utility>

#include "core/files/memory_folder.h"
#include "core/operations/forwarding_engine_test.h"
#include "core/operations/testing/test_region.h"

// How much of a read is done on the thread of its connection is counted, not timed.

namespace gyre::operations {
namespace {

using storage::ReadTier;

/// What the engine was asked for, by tier.
struct Counts {
  std::atomic<int> iterators = 0;
  std::atomic<int> steps = 0;
  std::atomic<std::uint64_t> skipped_rows_max = 0;  ///< of the last iterator
};

class CountedIterator final : public storage::Iterator {
 public:
  CountedIterator(std::unique_ptr<storage::Iterator> all, Counts& counts)
      : all_(std::move(all)), counts_(counts) {}
  void seek(std::string_view key) override { ++counts_.steps, all_->seek(key); }
  void seek_for_prev(std::string_view key) override { ++counts_.steps, all_->seek_for_prev(key); }
  void seek_to_first() override { ++counts_.steps, all_->seek_to_first(); }
  void seek_to_last() override { ++counts_.steps, all_->seek_to_last(); }
  bool valid() const override { return all_->valid(); }
  void next() override { ++counts_.steps, all_->next(); }
  void prev() override { ++counts_.steps, all_->prev(); }
  std::string_view key() const override { return all_->key(); }
  std::string_view value() const override { return all_->value(); }
  Status status() const override { return all_->status(); }

 private:
  std::unique_ptr<storage::Iterator> all_;
  Counts& counts_;
};

class CountedEngine final : public ForwardingEngine {
 public:
  /// Of items alone.
  Counts& of(ReadTier tier) const { return counts_[tier == ReadTier::kCache ? 0 : 1]; }

  /// Called with the first point read of items that is done in the pool; then never again.
  void on_pool_read(std::function<void()> call) { on_pool_read_ = std::move(call); }
  int pool_point_reads() const { return pool_point_reads_; }
  int snapshots() const { return snapshots_; }

  Value get(storage::Family family, std::string_view key, ReadTier tier) const override {
    note_point_read(family, tier);
    return memory().get(family, key, tier);
  }
  std::vector<Value> multi_get(storage::Family family, const std::vector<std::string>& keys, ReadTier tier,
                               const storage::Snapshot* snapshot) const override {
    note_point_read(family, tier);
    return memory().multi_get(family, keys, tier, snapshot);
  }
  std::unique_ptr<storage::Iterator> iterate(storage::Family family,
                                             const storage::IterateOptions& options) const override {
    auto rows = memory().iterate(family, options);
    if (family != storage::Family::kItems) return rows;
    Counts& counts = of(options.tier);
    ++counts.iterators;
    counts.skipped_rows_max = options.skipped_rows_max;
    return std::make_unique<CountedIterator>(std::move(rows), counts);
  }
  std::shared_ptr<const storage::Snapshot> snapshot() const override {
    ++snapshots_;
    return memory().snapshot();
  }

 private:
  void note_point_read(storage::Family family, ReadTier tier) const {
    if (family != storage::Family::kItems || tier != ReadTier::kAll) return;
    ++pool_point_reads_;
    if (const auto call = std::exchange(on_pool_read_, nullptr)) call();
  }

  mutable std::array<Counts, 2> counts_;
  mutable std::atomic<int> pool_point_reads_ = 0;
  mutable std::atomic<int> snapshots_ = 0;
  mutable std::function<void()> on_pool_read_;
};

std::string repeated(int count, const std::string& text, const std::string& separator) {
  std::string all;
  for (int i = 0; i < count; ++i) all += (i > 0 ? separator : "") + text;
  return all;
}

class BoundedReads : public testing::Test {
 protected:
  static constexpr int kItems = 60;
  static constexpr int kSearches = 150;
  static constexpr std::size_t kTextBytes = 10'000;
  // What one item costs under the heavy filter, and how many go into a bound.
  static constexpr std::uint64_t kItemUnits = kSearches * kTextBytes;

  BoundedReads() {
    auto engine = std::make_unique<CountedEngine>();
    engine_ = engine.get();
    region_ = std::make_unique<TestRegion>(storage::StoreHome{std::move(engine), log_});
    region_->create_table("heavy", "N");
    for (int i = 0; i < kItems; ++i) {
      region_->put("heavy", R"({"pk":{"S":"p"},"sk":{"N":")" + std::to_string(i) + R"("},"s":{"S":")" +
                                std::string(kTextBytes, 'a') + R"("}})");
    }
  }

  static std::string heavy_filter() { return repeated(kSearches, "contains(s,:b)", " or "); }

  /// Between them, the connection's thread and the pool went through all items: the one until its bound, the
  /// other from the beginning, slice by slice, and only once.
  void expect_bounded() {
    const Counts& inline_counts = engine_->of(ReadTier::kCache);
    const Counts& pool_counts = engine_->of(ReadTier::kAll);
    EXPECT_LE(inline_counts.steps, static_cast<int>(limits::kInlineReadUnits / kItemUnits) + 2);
    EXPECT_EQ(pool_counts.iterators, 1);
    EXPECT_EQ(pool_counts.steps, kItems + 1);
    EXPECT_EQ(inline_counts.skipped_rows_max, limits::kSkippedRowsMax);
    EXPECT_EQ(pool_counts.skipped_rows_max, limits::kSkippedRowsMax);
    EXPECT_GT(kItems * kItemUnits, 3 * limits::kReadSliceUnits) << "it took several slices";
  }

  const std::shared_ptr<files::Folder> log_ = files::make_memory_folder();  // shared with each region
  CountedEngine* engine_ = nullptr;
  std::unique_ptr<TestRegion> region_;
};

TEST_F(BoundedReads, AHeavyScanLeavesTheThreadOfItsConnection) {
  region_->expect("Scan",
                  R"({"TableName":"heavy","FilterExpression":")" + heavy_filter() +
                      R"(","ExpressionAttributeValues":{":b":{"S":"b"}}})",
                  R"({"Items":[],"Count":0,"ScannedCount":60})");
  expect_bounded();
}

TEST_F(BoundedReads, AHeavyQueryLeavesTheThreadOfItsConnection) {
  region_->expect(
      "Query",
      R"({"TableName":"heavy","KeyConditionExpression":"pk = :p","FilterExpression":")" + heavy_filter() +
          R"(","ScanIndexForward":false,"ExpressionAttributeValues":{":b":{"S":"b"},":p":{"S":"p"}}})",
      R"({"Items":[],"Count":0,"ScannedCount":60})");
  expect_bounded();
}

TEST_F(BoundedReads, AHeavySelectLeavesTheThreadOfItsConnection) {
  region_->expect("ExecuteStatement",
                  R"({"Statement":"SELECT * FROM heavy WHERE )" +
                      repeated(kSearches, "contains(s,'b')", " OR ") + R"("})",
                  R"({"Items":[]})");
  expect_bounded();
}

TEST_F(BoundedReads, AnOrdinaryPageStaysThere) {
  const Page page =
      read_page(*region_, "Query",
                R"({"TableName":"heavy","KeyConditionExpression":"pk = :p","FilterExpression":"s >= :a",
                                  "ExpressionAttributeValues":{":p":{"S":"p"},":a":{"S":"a"}}})");
  EXPECT_EQ(page.count, kItems);
  EXPECT_EQ(engine_->of(ReadTier::kAll).iterators, 0);
  EXPECT_EQ(engine_->of(ReadTier::kCache).steps, kItems + 1);
}

TEST_F(BoundedReads, ATransactionSearchesForNoRows) {
  region_->expect("TransactGetItems",
                  R"({"TransactItems":[
                      {"Get":{"TableName":"heavy","Key":{"pk":{"S":"q"},"sk":{"N":"1"}}}},
                      {"Get":{"TableName":"heavy","Key":{"pk":{"S":"p"},"sk":{"N":"2"}},"ProjectionExpression":"sk"}},
                      {"Get":{"TableName":"heavy","Key":{"pk":{"S":"p"},"sk":{"N":"61"}}}}]})",
                  R"({"Responses":[{},{"Item":{"sk":{"N":"2"}}},{}]})");
  EXPECT_EQ(engine_->of(ReadTier::kCache).steps, 0);
  EXPECT_EQ(engine_->of(ReadTier::kAll).steps, 0);
}

/// Items of very many values, so that few go into one slice of the pool.
class BoundedPointReads : public BoundedReads {
 protected:
  static constexpr int kLargeItems = 8;
  static constexpr std::uint64_t kValues = 90'000;

  BoundedPointReads() {
    static_assert(kLargeItems * kValues * limits::kWrittenValueUnits > 3 * limits::kReadSliceUnits);
    std::string list = R"({"NULL":true})";
    for (std::uint64_t i = 1; i < kValues; ++i) list += R"(,{"NULL":true})";
    for (int i = 0; i < kLargeItems; ++i) {
      region_->put("heavy", R"({"pk":{"S":"large"},"sk":{"N":")" + std::to_string(i) + R"("},"l":{"L":[)" +
                                list + "]}}");
    }
    reopen();
  }

  /// As a new process would: what was written last is not in memory any more.
  void reopen() {
    auto engine = std::make_unique<CountedEngine>();
    storage::Batch all;
    for (const storage::Family family : storage::kFamilies) {
      const auto rows = engine_->memory().iterate(family, {});
      for (rows->seek_to_first(); rows->valid(); rows->next()) {
        all.put(family, std::string(rows->key()), std::string(rows->value()));
      }
    }
    ASSERT_TRUE(static_cast<storage::Engine&>(*engine).apply(all).ok());
    region_.reset();
    engine_ = engine.get();
    region_ = std::make_unique<TestRegion>(storage::StoreHome{std::move(engine), log_});
  }

  /// One request for all of them, by `part` of each, and what it reads until somebody else has a turn in the
  /// pool, which has one thread.
  void expect_turns(std::string_view operation, const std::string& body) {
    std::promise<int> turn;
    engine_->on_pool_read([&] {
      EXPECT_TRUE(region_->store().read_pool().post([&] { turn.set_value(engine_->pool_point_reads()); }));
    });
    const int before = engine_->pool_point_reads();
    const std::string reply = region_->call(operation, body);
    const int reads = turn.get_future().get() - before;
    EXPECT_LT(reads, engine_->pool_point_reads() - before) << operation;
    std::size_t items = 0;
    for (std::size_t at = 0; (at = reply.find(R"("l":{"L":[)", at)) != std::string::npos; ++at) ++items;
    EXPECT_EQ(items, static_cast<std::size_t>(kLargeItems)) << operation;
  }

  static std::string of_each(const std::string& before, const std::string& after) {
    std::string all;
    for (int i = 0; i < kLargeItems; ++i) all += (i > 0 ? "," : "") + before + std::to_string(i) + after;
    return all;
  }
};

TEST_F(BoundedPointReads, ATransactionTakesTurnsAndSeesOneMoment) {
  const int before = engine_->snapshots();
  expect_turns(
      "TransactGetItems",
      R"({"TransactItems":[)" +
          of_each(R"({"Get":{"TableName":"heavy","Key":{"pk":{"S":"large"},"sk":{"N":")", R"("}}}})") + "]}");
  EXPECT_EQ(engine_->snapshots() - before, 2) << "one on its connection's thread, one in the pool";
}

TEST_F(BoundedPointReads, ATransactionOfStatementsTakesTurns) {
  expect_turns("ExecuteTransaction",
               R"({"TransactStatements":[)" +
                   of_each(R"({"Statement":"SELECT * FROM heavy WHERE pk = 'large' AND sk = )", "\"}") +
                   "]}");
}

TEST_F(BoundedPointReads, ABatchOfStatementsTakesTurns) {
  expect_turns("BatchExecuteStatement",
               R"({"Statements":[)" +
                   of_each(R"({"Statement":"SELECT * FROM heavy WHERE pk = 'large' AND sk = )", "\"}") +
                   "]}");
}

TEST_F(BoundedPointReads, ABatchTakesTurnsWithinWhatItReadsAtOnce) {
  static_assert(kLargeItems <= limits::kPointReadsAtOnce);
  expect_turns("BatchGetItem", R"({"RequestItems":{"heavy":{"Keys":[)" +
                                   of_each(R"({"pk":{"S":"large"},"sk":{"N":")", R"("}})") + "]}}}");
}

TEST_F(BoundedReads, ManyNamesAreReadOnce) {
  std::string names = R"("#used":"s")";
  for (int i = 0; i < 50'000; ++i) names += R"(,"#n)" + std::to_string(i) + R"(":"s")";
  EXPECT_THAT(region_->call("GetItem", R"({"TableName":"heavy","Key":{"pk":{"S":"p"},"sk":{"N":"1"}},
                                           "ProjectionExpression":"#used","ExpressionAttributeNames":{)" +
                                           names + "}}"),
              testing::StartsWith("validation: Value provided in ExpressionAttributeNames unused in "
                                  "expressions: keys: {#n0, #n1, "));
}

}  // namespace
}  // namespace gyre::operations
