// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "core/base/random.h"
#include "core/operations/index_examples_test.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

using testing::HasSubstr;

/// An item of the model: attributes by name, each a number or a string of JSON.
using ModelItem = std::map<std::string, std::string>;

std::string json_of(const ModelItem& item) {
  std::string text;
  for (const auto& [name, value] : item)
    text += fmt::format(R"({}"{}":{})", text.empty() ? "" : ",", name, value);
  return "{" + text + "}";
}

/// How the model looks at an index.
struct ModelIndex {
  std::string name;
  std::vector<std::string> partition;
  std::vector<std::string> sort;
  std::set<std::string> projected;  ///< empty = all
};

const std::vector<ModelIndex> kIndexes = {
    {"local", {"pk"}, {"b"}, {"pk", "sk", "b"}},
    {"plain", {"a"}, {}, {}},
    {"sorted", {"a"}, {"b"}, {"pk", "sk", "a", "b", "v"}},
    {"wide", {"a", "d"}, {"b", "c"}, {"pk", "sk", "a", "b", "c", "d"}},
};

// Comes and goes while the table is written to.
const ModelIndex kLate = {"late", {"b"}, {"a"}, {}};
constexpr std::string_view kCreateLate = R"({"TableName":"table",
    "AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},{"AttributeName":"b","AttributeType":"N"}],
    "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"late","KeySchema":[
      {"AttributeName":"b","KeyType":"HASH"},{"AttributeName":"a","KeyType":"RANGE"}],
      "Projection":{"ProjectionType":"ALL"}}}]})";
constexpr std::string_view kDeleteLate =
    R"({"TableName":"table","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"late"}}]})";

/// Random writes against a table with indexes of several shapes, and against a plain map.
class Model {
 public:
  explicit Model(std::uint64_t seed) : random_(seed) {
    EXPECT_THAT(region_.call("CreateTable", kTableOfIndexes), HasSubstr("CREATING"));
  }

  void step() {
    switch (random_.below(12)) {
      case 0:
        // Refused as long as the one before is there, or on its way.
        (void)region_.call("UpdateTable", kCreateLate);
        return;
      case 1:
        if (random_.below(3) == 0) (void)region_.call("UpdateTable", kDeleteLate);
        return;
      case 2:
        (void)region_.step_indexes();
        return;
      case 3:
      case 4:
        return update();
      case 5:
      case 6:
        return erase();
      case 7:
        return put_batch();
      default:
        put(random_key());
    }
  }

  /// The partitions of the indexes that are always there; each that is read stays in memory until it is
  /// written.
  void check_partitions() {
    for (const ModelIndex& index : kIndexes) check_queries(index);
  }

  void check() {
    region_.build_indexes();
    std::vector<ModelIndex> indexes = kIndexes;
    if (region_.store().catalog().snapshot()->find("table")->schema.find_index("late") != nullptr) {
      indexes.push_back(kLate);
    }
    for (const ModelIndex& index : indexes) {
      check_queries(index);
      check_scans(index);
      check_pages_between_writes(index);
    }
  }

 private:
  using Key = std::pair<std::string, std::string>;

  Key random_key() {
    return {fmt::format(R"({{"S":"p{}"}})", random_.below(3)),
            fmt::format(R"({{"N":"{}"}})", random_.below(8))};
  }
  static std::string json_of_key(const Key& key) {
    return fmt::format(R"({{"pk":{},"sk":{}}})", key.first, key.second);
  }
  ModelItem random_item(const Key& key) {
    ModelItem item = {{"pk", key.first}, {"sk", key.second}};
    if (random_.below(4) != 0) item["a"] = fmt::format(R"({{"S":"a{}"}})", random_.below(2));
    if (random_.below(4) != 0) item["b"] = fmt::format(R"({{"N":"{}"}})", random_.below(4));
    if (random_.below(4) != 0) item["c"] = fmt::format(R"({{"S":"c{}"}})", random_.below(3));
    if (random_.below(4) != 0) item["d"] = fmt::format(R"({{"N":"{}"}})", random_.below(2));
    if (random_.below(2) != 0) item["v"] = fmt::format(R"({{"S":"v{}"}})", random_.below(9));
    item["w"] = R"({"S":"w"})";
    return item;
  }

  void put(const Key& key) {
    ModelItem item = random_item(key);
    region_.put("table", json_of(item));
    items_[key] = std::move(item);
    touched_.insert(key);
  }

  void put_batch() {
    std::map<Key, ModelItem> items;
    for (int i = 0; i < 3; ++i) {
      const Key key = random_key();
      items[key] = random_item(key);
    }
    std::string puts;
    for (const auto& [key, item] : items) {
      puts += fmt::format(R"({}{{"PutRequest":{{"Item":{}}}}})", puts.empty() ? "" : ",", json_of(item));
      items_[key] = item;
      touched_.insert(key);
    }
    region_.expect("BatchWriteItem", fmt::format(R"({{"RequestItems":{{"table":[{}]}}}})", puts),
                   R"({"UnprocessedItems":{}})");
  }

  void erase() {
    const Key key = random_key();
    region_.expect("DeleteItem", fmt::format(R"({{"TableName":"table","Key":{}}})", json_of_key(key)), "{}");
    items_.erase(key);
    touched_.insert(key);
  }

  void update() {
    const Key key = random_key();
    const std::string b = fmt::format(R"({{"N":"{}"}})", random_.below(4));
    region_.expect("UpdateItem",
                   fmt::format(R"({{"TableName":"table","Key":{},"UpdateExpression":"SET b = :b REMOVE c",
                       "ExpressionAttributeValues":{{":b":{}}}}})",
                               json_of_key(key), b),
                   "{}");
    ModelItem& item = items_[key];
    item["pk"] = key.first;
    item["sk"] = key.second;
    item["b"] = b;
    item.erase("c");
    touched_.insert(key);
  }

  // The items of the index by its partition key, in order; single digits and letters sort as their JSON does.
  std::map<std::vector<std::string>, std::vector<std::string>> partitions(const ModelIndex& index) const {
    std::map<std::vector<std::string>, std::map<std::vector<std::string>, std::string>> sorted;
    for (const auto& [key, item] : items_) {
      const auto values = [&](const std::vector<std::string>& names) {
        std::vector<std::string> found;
        for (const std::string& name : names) {
          if (item.contains(name)) found.push_back(item.at(name));
        }
        return found;
      };
      const std::vector<std::string> partition = values(index.partition);
      std::vector<std::string> place = values(index.sort);
      if (partition.size() < index.partition.size() || place.size() < index.sort.size()) continue;
      place.insert(place.end(), {key.first, key.second});
      ModelItem shown = item;
      if (!index.projected.empty()) {
        std::erase_if(shown,
                      [&](const auto& attribute) { return !index.projected.contains(attribute.first); });
      }
      sorted[partition][place] = normal_json(json_of(shown));
    }
    std::map<std::vector<std::string>, std::vector<std::string>> lists;
    for (const auto& [partition, items] : sorted) {
      for (const auto& [place, item] : items) lists[partition].push_back(item);
    }
    return lists;
  }

  void check_queries(const ModelIndex& index) {
    for (const auto& [partition, expected] : partitions(index)) {
      std::string condition;
      std::string values;
      for (std::size_t i = 0; i < partition.size(); ++i) {
        condition += fmt::format("{}{} = :{}", i == 0 ? "" : " AND ", index.partition[i], index.partition[i]);
        values += fmt::format(R"({}":{}":{})", i == 0 ? "" : ",", index.partition[i], partition[i]);
      }
      const std::string members = fmt::format(
          R"("TableName":"table","IndexName":"{}","KeyConditionExpression":"{}","ExpressionAttributeValues":{{{}}})",
          index.name, condition, values);
      for (std::size_t limit = 0; limit <= expected.size() + 1; ++limit) {
        EXPECT_EQ(read_all(region_, "Query", members, limit), expected) << members;
        const auto backwards = read_all(region_, "Query", members + R"(,"ScanIndexForward":false)", limit);
        EXPECT_EQ(backwards, std::vector<std::string>(expected.rbegin(), expected.rend())) << members;
      }
    }
  }

  void check_scans(const ModelIndex& index) {
    std::multiset<std::string> expected;
    for (const auto& [partition, items] : partitions(index)) expected.insert(items.begin(), items.end());
    for (const std::size_t segments : {1, 2, 5}) {
      const std::size_t limit = 1 + random_.below(expected.size() + 1);
      std::multiset<std::string> found;
      for (std::size_t segment = 0; segment < segments; ++segment) {
        const auto part =
            read_all(region_, "Scan",
                     fmt::format(R"("TableName":"table","IndexName":"{}","TotalSegments":{},"Segment":{})",
                                 index.name, segments, segment),
                     limit);
        found.insert(part.begin(), part.end());
      }
      EXPECT_EQ(found, expected) << index.name;
    }
  }

  // Pages that are read while items come and go: those that stayed as they were appear once each.
  void check_pages_between_writes(const ModelIndex& index) {
    const auto all_of = [&] {
      std::set<std::string> all;
      for (const auto& [partition, items] : partitions(index)) all.insert(items.begin(), items.end());
      return all;
    };
    const std::set<std::string> before = all_of();
    touched_.clear();
    std::multiset<std::string> found;
    std::string start;
    do {
      const Page page =
          read_page(region_, "Scan",
                    fmt::format(R"({{"TableName":"table","IndexName":"{}","Limit":2{}}})", index.name,
                                start.empty() ? "" : R"(,"ExclusiveStartKey":)" + start));
      found.insert(page.items.begin(), page.items.end());
      start = page.last_key.value_or("");
      if (random_.below(2) == 0) {
        erase();
      } else {
        put(random_key());
      }
    } while (!start.empty());
    std::erase_if(items_, [&](const auto& item) { return touched_.contains(item.first); });
    for (const std::string& item : all_of()) {
      EXPECT_TRUE(before.contains(item));
      EXPECT_EQ(found.count(item), 1U) << index.name << " " << item;
    }
    for (const Key& key : touched_) {
      region_.expect("DeleteItem", fmt::format(R"({{"TableName":"table","Key":{}}})", json_of_key(key)),
                     "{}");
    }
  }

  TestRegion region_;
  SeededRandom random_;
  std::map<Key, ModelItem> items_;
  std::set<Key> touched_;  // since it was cleared
};

class IndexHistories : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, IndexHistories, testing::Range<std::uint64_t>(1, 9));

TEST_P(IndexHistories, QueryAndScanAgreeWithAMapAtEveryCut) {
  Model model(GetParam());
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 120; ++i) {
      model.step();
      if (i % 10 == 0) model.check_partitions();
    }
    model.check();
  }
}

}  // namespace
}  // namespace gyre::operations
