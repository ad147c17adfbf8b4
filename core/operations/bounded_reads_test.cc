// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <utility>

#include "core/operations/forwarding_engine_test.h"
#include "core/operations/operations_test_support.h"

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

  std::unique_ptr<storage::Iterator> iterate(storage::Family family,
                                             const storage::IterateOptions& options) const override {
    auto rows = memory().iterate(family, options);
    if (family != storage::Family::kItems) return rows;
    Counts& counts = of(options.tier);
    ++counts.iterators;
    counts.skipped_rows_max = options.skipped_rows_max;
    return std::make_unique<CountedIterator>(std::move(rows), counts);
  }

 private:
  mutable std::array<Counts, 2> counts_;
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
    region_ = std::make_unique<TestRegion>(nullptr, std::move(engine));
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
