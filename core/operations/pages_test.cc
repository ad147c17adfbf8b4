// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "core/base/random.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

/// Random writes against a table and against a std::map.
class Model {
 public:
  explicit Model(std::uint64_t seed) : random_(seed) { region_.create_table("pages", "N"); }

  void step() {
    const Key key{fmt::format("p{}", random_.below(4)), static_cast<int>(random_.below(30)) - 15};
    const std::string key_json = fmt::format(R"("pk":{{"S":"{}"}},"sk":{{"N":"{}"}})", key.first, key.second);
    switch (random_.below(3)) {
      case 0: {
        const std::string item = fmt::format(R"({{{},"v":{{"N":"{}"}}}})", key_json, random_.below(100));
        region_.put("pages", item);
        items_[key] = normal_json(item);
        return;
      }
      case 1: {
        const std::string text = fmt::format("u{}", random_.below(100));
        region_.expect(
            "UpdateItem",
            fmt::format(R"({{"TableName":"pages","Key":{{{}}},"UpdateExpression":"SET u = :u REMOVE v",)"
                        R"("ExpressionAttributeValues":{{":u":{{"S":"{}"}}}}}})",
                        key_json, text),
            "{}");
        items_[key] = normal_json(fmt::format(R"({{{},"u":{{"S":"{}"}}}})", key_json, text));
        return;
      }
      default:
        region_.expect("DeleteItem", fmt::format(R"({{"TableName":"pages","Key":{{{}}}}})", key_json), "{}");
        items_.erase(key);
    }
  }

  void check_scans() {
    const std::multiset<std::string> expected = all();
    for (std::size_t limit = 1; limit <= items_.size() + 1; limit += 1 + limit / 3) {
      const std::vector<std::string> found = read_all(region_, "Scan", R"("TableName":"pages")", limit);
      EXPECT_EQ(std::multiset<std::string>(found.begin(), found.end()), expected) << "limit " << limit;
    }
    for (const int segments : {1, 2, 3, 7, 64}) {
      std::multiset<std::string> found;
      for (int segment = 0; segment < segments; ++segment) {
        const auto part = read_all(
            region_, "Scan",
            fmt::format(R"("TableName":"pages","TotalSegments":{},"Segment":{})", segments, segment), 5);
        found.insert(part.begin(), part.end());
      }
      EXPECT_EQ(found, expected) << segments << " segments";
    }
  }

  /// Whole partitions, which the region keeps until they are written.
  void check_partitions() {
    for (int partition = 0; partition < 4; ++partition) {
      const std::string name = fmt::format("p{}", partition);
      const std::string members = fmt::format(
          R"("TableName":"pages","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{{":p":{{"S":"{}"}}}})",
          name);
      for (int times = 0; times < 2; ++times) {
        EXPECT_EQ(read_all(region_, "Query", members, 0), rows(name, -20, 20));
      }
    }
  }

  void check_queries() {
    for (int partition = 0; partition < 4; ++partition) {
      for (const auto& [low, high] : {std::pair{-20, 20}, std::pair{-5, 5}, std::pair{0, 0}}) {
        check_query(fmt::format("p{}", partition), low, high);
      }
    }
  }

 private:
  using Key = std::pair<std::string, int>;

  std::multiset<std::string> all() const {
    std::multiset<std::string> texts;
    for (const auto& [key, item] : items_) texts.insert(item);
    return texts;
  }

  std::vector<std::string> rows(const std::string& partition, int low, int high) const {
    std::vector<std::string> texts;
    for (auto at = items_.lower_bound({partition, low}); at != items_.upper_bound({partition, high}); ++at) {
      texts.push_back(at->second);
    }
    return texts;
  }

  void check_query(const std::string& partition, int low, int high) {
    const std::vector<std::string> expected = rows(partition, low, high);
    const std::string members = fmt::format(
        R"("TableName":"pages","KeyConditionExpression":"pk = :p AND sk BETWEEN :l AND :h",)"
        R"("ExpressionAttributeValues":{{":p":{{"S":"{}"}},":l":{{"N":"{}"}},":h":{{"N":"{}"}}}})",
        partition, low, high);
    for (std::size_t limit = 0; limit <= expected.size() + 1; ++limit) {
      EXPECT_EQ(read_all(region_, "Query", members, limit), expected);
      const auto backwards = read_all(region_, "Query", members + R"(,"ScanIndexForward":false)", limit);
      EXPECT_EQ(backwards, std::vector<std::string>(expected.rbegin(), expected.rend()));
    }
  }

  TestRegion region_;
  SeededRandom random_;
  std::map<Key, std::string> items_;
};

TEST(Pages, QueryAndScanAgreeWithAMapAtEveryCut) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(seed);
    Model model(seed);
    for (int i = 0; i < 120; ++i) {
      model.step();
      if (i % 10 == 0) model.check_partitions();
    }
    model.check_scans();
    model.check_queries();
  }
}

class FilteredPages : public testing::Test {
 protected:
  FilteredPages() {
    region_.create_table("pages", "S");
    for (const std::string_view sk : {"a", "b", "c", "d"}) {
      region_.put("pages", fmt::format(R"({{"pk":{{"S":"p"}},"sk":{{"S":"{}"}},"odd":{{"BOOL":{}}}}})", sk,
                                       sk == "a" || sk == "c"));
    }
  }

  static constexpr std::string_view kQuery = R"("TableName":"pages","KeyConditionExpression":"pk = :p",)";
  TestRegion region_;
};

TEST_F(FilteredPages, LimitCountsItemsBeforeTheFilter) {
  region_.expect("Query",
                 fmt::format(R"({{{}"Limit":3,"FilterExpression":"odd = :t","ProjectionExpression":"sk",
                     "ExpressionAttributeValues":{{":p":{{"S":"p"}},":t":{{"BOOL":true}}}}}})",
                             kQuery),
                 R"({"Items":[{"sk":{"S":"a"}},{"sk":{"S":"c"}}],"Count":2,"ScannedCount":3,
                     "LastEvaluatedKey":{"pk":{"S":"p"},"sk":{"S":"c"}}})");
}

TEST_F(FilteredPages, SelectCountAnswersNoItems) {
  region_.expect(
      "Query",
      fmt::format(R"({{{}"Select":"COUNT","ReturnConsumedCapacity":"TOTAL",
                     "ExpressionAttributeValues":{{":p":{{"S":"p"}}}}}})",
                  kQuery),
      R"({"Count":4,"ScannedCount":4,"ConsumedCapacity":{"TableName":"pages","CapacityUnits":0.5}})");
}

TEST_F(FilteredPages, AFullLastPageStillNamesItsLastKey) {
  region_.expect(
      "Query",
      fmt::format(R"({{{}"Limit":4,"Select":"COUNT","ExpressionAttributeValues":{{":p":{{"S":"p"}}}}}})",
                  kQuery),
      R"({"Count":4,"ScannedCount":4,"LastEvaluatedKey":{"pk":{"S":"p"},"sk":{"S":"d"}}})");
}

TEST_F(FilteredPages, ScanFiltersKeyAttributesToo) {
  region_.expect("Scan",
                 R"({"TableName":"pages","FilterExpression":"sk > :b","ProjectionExpression":"sk",
                     "ExpressionAttributeValues":{":b":{"S":"b"}}})",
                 R"({"Items":[{"sk":{"S":"c"}},{"sk":{"S":"d"}}],"Count":2,"ScannedCount":4})");
}

TEST(Pages, APageEndsWithTheItemThatReachesOneMegabyte) {
  TestRegion region;
  region.create_table("pages", "N");
  const std::string text(300'000, 'x');
  for (int i = 0; i < 6; ++i) {
    region.put("pages", fmt::format(R"({{"pk":{{"S":"p"}},"sk":{{"N":"{}"}},"v":{{"S":"{}"}}}})", i, text));
  }
  const std::string query =
      R"({"TableName":"pages","Select":"COUNT","KeyConditionExpression":"pk = :p","ConsistentRead":true,
      "ReturnConsumedCapacity":"TOTAL","ExpressionAttributeValues":{":p":{"S":"p"}})";
  region.expect("Query", query + "}",
                R"({"Count":4,"ScannedCount":4,"LastEvaluatedKey":{"pk":{"S":"p"},"sk":{"N":"3"}},
                    "ConsumedCapacity":{"TableName":"pages","CapacityUnits":293}})");
  region.expect(
      "Query", query + R"(,"ExclusiveStartKey":{"pk":{"S":"p"},"sk":{"N":"3"}}})",
      R"({"Count":2,"ScannedCount":2,"ConsumedCapacity":{"TableName":"pages","CapacityUnits":147}})");
}

}  // namespace
}  // namespace gyre::operations
