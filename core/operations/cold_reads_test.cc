// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <utility>

#include "core/operations/forwarding_engine_test.h"
#include "core/operations/testing/test_region.h"

// Every read must give the same answer when nothing, or only its beginning, is in the cache.

namespace gyre::operations {
namespace {

Error incomplete() {
  return {ErrorCode::kIncomplete, "not in the cache"};
}

/// Finds one row in the cache, and needs the disk for the next.
class ColdIterator final : public storage::Iterator {
 public:
  explicit ColdIterator(std::unique_ptr<storage::Iterator> all) : all_(std::move(all)) {}
  void seek(std::string_view key) override { all_->seek(key); }
  void seek_for_prev(std::string_view key) override { all_->seek_for_prev(key); }
  void seek_to_first() override { all_->seek_to_first(); }
  void seek_to_last() override { all_->seek_to_last(); }
  bool valid() const override { return !stuck_ && all_->valid(); }
  void next() override { stuck_ = true; }
  void prev() override { stuck_ = true; }
  std::string_view key() const override { return all_->key(); }
  std::string_view value() const override { return all_->value(); }
  Status status() const override { return stuck_ ? Status(incomplete()) : all_->status(); }

 private:
  std::unique_ptr<storage::Iterator> all_;
  bool stuck_ = false;
};

/// An engine in memory that pretends to keep its rows on a disk.
class ColdEngine final : public ForwardingEngine {
 public:
  Value get(storage::Family family, std::string_view key, storage::ReadTier tier) const override {
    return tier == storage::ReadTier::kCache ? Value(incomplete()) : memory().get(family, key, tier);
  }
  std::vector<Value> multi_get(storage::Family family, const std::vector<std::string>& keys,
                               storage::ReadTier tier, const storage::Snapshot* snapshot) const override {
    std::vector<Value> values = memory().multi_get(family, keys, storage::ReadTier::kAll, snapshot);
    if (tier == storage::ReadTier::kCache) values.back() = incomplete();
    return values;
  }
  std::unique_ptr<storage::Iterator> iterate(storage::Family family,
                                             const storage::IterateOptions& options) const override {
    auto rows = memory().iterate(family, options);
    if (options.tier == storage::ReadTier::kAll) return rows;
    return std::make_unique<ColdIterator>(std::move(rows));
  }
};

class ColdReads : public testing::Test {
 protected:
  ColdReads() {
    region_.create_table("cold", "N");
    for (const std::string_view sk : {"1", "2", "3"}) {
      region_.put("cold", R"({"pk":{"S":"p"},"sk":{"N":")" + std::string(sk) + R"("}})");
    }
  }

  TestRegion region_{nullptr, std::make_unique<ColdEngine>()};
};

constexpr std::string_view kThree =
    R"({"Items":[{"pk":{"S":"p"},"sk":{"N":"1"}},{"pk":{"S":"p"},"sk":{"N":"2"}},{"pk":{"S":"p"},"sk":{"N":"3"}}],
        "Count":3,"ScannedCount":3})";

TEST_F(ColdReads, GetItemWaitsForTheDiskElsewhere) {
  region_.expect("GetItem", R"({"TableName":"cold","Key":{"pk":{"S":"p"},"sk":{"N":"2"}}})",
                 R"({"Item":{"pk":{"S":"p"},"sk":{"N":"2"}}})");
}

TEST_F(ColdReads, BatchGetItemWaitsForTheDiskElsewhere) {
  region_.expect(
      "BatchGetItem",
      R"({"RequestItems":{"cold":{"Keys":[{"pk":{"S":"p"},"sk":{"N":"2"}},{"pk":{"S":"p"},"sk":{"N":"3"}}]}}})",
      R"({"Responses":{"cold":[{"pk":{"S":"p"},"sk":{"N":"2"}},{"pk":{"S":"p"},"sk":{"N":"3"}}]},"UnprocessedKeys":{}})");
}

TEST_F(ColdReads, QueryWaitsForTheDiskElsewhere) {
  const std::string query = R"({"TableName":"cold","KeyConditionExpression":"pk = :p",
                                "ExpressionAttributeValues":{":p":{"S":"p"}})";
  region_.expect("Query", query + "}", kThree);
  region_.expect("Query", query + R"(,"ScanIndexForward":false,"Limit":2,"Select":"COUNT"})",
                 R"({"Count":2,"ScannedCount":2,"LastEvaluatedKey":{"pk":{"S":"p"},"sk":{"N":"2"}}})");
}

TEST_F(ColdReads, ScanWaitsForTheDiskElsewhere) {
  region_.expect("Scan", R"({"TableName":"cold"})", kThree);
}

}  // namespace
}  // namespace gyre::operations
