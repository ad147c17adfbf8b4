// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/base/random.h"
#include "core/operations/operations_test_support.h"

namespace gyre::operations {
namespace {

using testing::HasSubstr;

constexpr std::string_view kTable = R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST",
    "AttributeDefinitions":[
      {"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"},
      {"AttributeName":"a","AttributeType":"S"},{"AttributeName":"b","AttributeType":"N"},
      {"AttributeName":"c","AttributeType":"S"},{"AttributeName":"d","AttributeType":"N"}],
    "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
    "LocalSecondaryIndexes":[
      {"IndexName":"local","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],
       "Projection":{"ProjectionType":"KEYS_ONLY"}}],
    "GlobalSecondaryIndexes":[
      {"IndexName":"plain","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
       "Projection":{"ProjectionType":"ALL"}},
      {"IndexName":"sorted","KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"b","KeyType":"RANGE"}],
       "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["v"]}},
      {"IndexName":"wide","KeySchema":[{"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"d","KeyType":"HASH"},
                                       {"AttributeName":"b","KeyType":"RANGE"},{"AttributeName":"c","KeyType":"RANGE"}],
       "Projection":{"ProjectionType":"KEYS_ONLY"}}]})";

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

/// Random writes against a table with indexes of several shapes, and against a plain map.
class Model {
 public:
  explicit Model(std::uint64_t seed) : random_(seed) {
    EXPECT_THAT(region_.call("CreateTable", kTable), HasSubstr("CREATING"));
  }

  void step() {
    const std::string pk = fmt::format(R"({{"S":"p{}"}})", random_.below(3));
    const std::string sk = fmt::format(R"({{"N":"{}"}})", random_.below(8));
    const std::string key = fmt::format(R"({{"pk":{},"sk":{}}})", pk, sk);
    ModelItem& item = items_[{pk, sk}];
    switch (random_.below(4)) {
      case 0:
        region_.expect("DeleteItem", fmt::format(R"({{"TableName":"table","Key":{}}})", key), "{}");
        items_.erase({pk, sk});
        return;
      case 1: {
        const std::string b = fmt::format(R"({{"N":"{}"}})", random_.below(4));
        region_.expect("UpdateItem",
                       fmt::format(R"({{"TableName":"table","Key":{},"UpdateExpression":"SET b = :b REMOVE c",
                           "ExpressionAttributeValues":{{":b":{}}}}})",
                                   key, b),
                       "{}");
        item["pk"] = pk;
        item["sk"] = sk;
        item["b"] = b;
        item.erase("c");
        return;
      }
      default:
        item = {{"pk", pk}, {"sk", sk}};
        if (random_.below(4) != 0) item["a"] = fmt::format(R"({{"S":"a{}"}})", random_.below(2));
        if (random_.below(4) != 0) item["b"] = fmt::format(R"({{"N":"{}"}})", random_.below(4));
        if (random_.below(4) != 0) item["c"] = fmt::format(R"({{"S":"c{}"}})", random_.below(3));
        if (random_.below(4) != 0) item["d"] = fmt::format(R"({{"N":"{}"}})", random_.below(2));
        if (random_.below(2) != 0) item["v"] = fmt::format(R"({{"S":"v{}"}})", random_.below(9));
        item["w"] = R"({"S":"w"})";
        region_.put("table", json_of(item));
    }
  }

  void check() {
    for (const ModelIndex& index : kIndexes) {
      check_queries(index);
      check_scans(index);
    }
  }

 private:
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
      for (std::size_t limit = 1; limit <= expected.size() + 1; ++limit) {
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

  TestRegion region_;
  SeededRandom random_;
  std::map<std::pair<std::string, std::string>, ModelItem> items_;
};

TEST(IndexPages, QueryAndScanAgreeWithAMapAtEveryCut) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    Model model(seed);
    for (int i = 0; i < 90; ++i) model.step();
    model.check();
  }
}

class Indexed : public testing::Test {
 protected:
  Indexed() {
    EXPECT_THAT(region_.call("CreateTable", kTable), HasSubstr("CREATING"));
    for (const std::string_view sk : {"1", "2", "3"}) {
      region_.put(
          "table",
          fmt::format(
              R"({{"pk":{{"S":"p"}},"sk":{{"N":"{0}"}},"a":{{"S":"a"}},"b":{{"N":"-{0}"}},"w":{{"S":"w"}}}})",
              sk));
    }
  }

  std::string query(std::string_view index, std::string_view more, std::string_view key = "a") {
    return region_.call(
        "Query", fmt::format(R"({{"TableName":"table","IndexName":"{}","KeyConditionExpression":"{} = :k",
        "ExpressionAttributeValues":{{":k":{{"S":"{}"}}}}{}}})",
                             index, key, key == "a" ? "a" : "p", more));
  }
  std::string scan(std::string_view index, std::string_view more) {
    return region_.call("Scan", fmt::format(R"({{"TableName":"table","IndexName":"{}"{}}})", index, more));
  }

  TestRegion region_;
};

std::string invalid(std::string_view text) {
  return fmt::format("validation: One or more parameter values were invalid: {}", text);
}

TEST_F(Indexed, LastKeysHoldTheKeysOfIndexAndTable) {
  EXPECT_EQ(
      normal_json(query("sorted", R"(,"Limit":1)")),
      normal_json(
          R"({"Items":[{"pk":{"S":"p"},"sk":{"N":"3"},"a":{"S":"a"},"b":{"N":"-3"}}],"Count":1,"ScannedCount":1,
                "LastEvaluatedKey":{"pk":{"S":"p"},"sk":{"N":"3"},"a":{"S":"a"},"b":{"N":"-3"}}})"));
  EXPECT_THAT(scan("local", R"(,"Limit":1)"),
              HasSubstr(R"("LastEvaluatedKey":{"b":{"N":"-3"},"pk":{"S":"p"},"sk":{"N":"3"}})"));
}

TEST_F(Indexed, LocalIndexesFetchWhatTheyDoNotHold) {
  const std::string whole = R"({"a":{"S":"a"},"b":{"N":"-3"},"pk":{"S":"p"},"sk":{"N":"3"},"w":{"S":"w"}})";
  EXPECT_THAT(query("local", R"(,"Limit":1)", "pk"),
              HasSubstr(R"("Items":[{"b":{"N":"-3"},"pk":{"S":"p"},"sk":{"N":"3"}}])"));
  EXPECT_THAT(query("local", R"(,"Limit":1,"Select":"ALL_PROJECTED_ATTRIBUTES")", "pk"),
              HasSubstr(R"("Items":[{"b":{"N":"-3"},"pk":{"S":"p"},"sk":{"N":"3"}}])"));
  EXPECT_THAT(query("local", R"(,"Limit":1,"Select":"ALL_ATTRIBUTES","ConsistentRead":true)", "pk"),
              HasSubstr(whole));
  EXPECT_THAT(scan("local", R"(,"Limit":1,"Select":"ALL_ATTRIBUTES")"), HasSubstr(whole));
  EXPECT_THAT(query("local", R"(,"Limit":1,"ProjectionExpression":"w, sk")", "pk"),
              HasSubstr(R"("Items":[{"sk":{"N":"3"},"w":{"S":"w"}}])"));
  EXPECT_THAT(query("local", R"x(,"FilterExpression":"attribute_exists(w)","Select":"COUNT")x", "pk"),
              HasSubstr(R"("Count":3)"));
}

TEST_F(Indexed, GlobalIndexesAnswerOnlyWhatTheyHold) {
  const std::string not_all = invalid(
      "Select type ALL_ATTRIBUTES is not supported for global secondary index sorted because its projection "
      "type is "
      "not ALL");
  EXPECT_EQ(query("sorted", R"(,"Select":"ALL_ATTRIBUTES")"), not_all);
  EXPECT_EQ(scan("sorted", R"(,"Select":"ALL_ATTRIBUTES")"), not_all);
  EXPECT_EQ(query("sorted", R"(,"ProjectionExpression":"w, sk, q")"),
            invalid("Global secondary index sorted does not project [q, w]"));
  EXPECT_THAT(query("plain", R"(,"Limit":1,"Select":"ALL_ATTRIBUTES")"), HasSubstr(R"("w":{"S":"w"})"));
  EXPECT_THAT(query("sorted", R"(,"Select":"COUNT")"), HasSubstr(R"("Count":3)"));
}

TEST_F(Indexed, ConsistentReadsAreForLocalIndexes) {
  EXPECT_EQ(query("plain", R"(,"ConsistentRead":true)"),
            "validation: Consistent reads are not supported on global secondary indexes");
  EXPECT_THAT(query("local", R"(,"ConsistentRead":true,"Select":"COUNT")", "pk"), HasSubstr(R"("Count":3)"));
}

TEST_F(Indexed, UnknownIndexesAreRefused) {
  EXPECT_EQ(query("whatever", ""), "validation: The table does not have the specified index: whatever");
  EXPECT_EQ(scan("whatever", ""), "validation: The table does not have the specified index: whatever");
  EXPECT_THAT(scan("no", ""), HasSubstr("Value 'no' at 'indexName' failed to satisfy constraint"));
}

TEST_F(Indexed, FiltersMayNameTheTablesKeysButNotTheIndexs) {
  EXPECT_EQ(
      query("sorted", R"(,"FilterExpression":"b > :k")"),
      "validation: Filter Expression can only contain non-primary key attributes: Primary key attribute: b");
  EXPECT_THAT(query("sorted", R"(,"FilterExpression":"pk <> :k","Select":"COUNT")"),
              HasSubstr(R"("Count":3)"));
}

TEST_F(Indexed, StartKeysMustBeTheIndexs) {
  const auto start = [](std::string_view key) { return fmt::format(R"(,"ExclusiveStartKey":{})", key); };
  for (const std::string_view key : {R"({"a":{"S":"a"}})", R"({"pk":{"S":"p"},"sk":{"N":"1"}})",
                                     R"({"pk":{"S":"p"},"sk":{"N":"1"},"a":{"S":"a"},"w":{"N":"1"}})"}) {
    EXPECT_EQ(query("sorted", start(key)), "validation: The provided starting key is invalid") << key;
    EXPECT_EQ(scan("sorted", start(key)), "validation: The provided starting key is invalid") << key;
  }
  EXPECT_EQ(query("sorted", start(R"({"pk":{"S":"p"},"sk":{"N":"1"},"a":{"S":"a"},"b":{"S":"1"}})")),
            "validation: The provided key element does not match the schema");
  EXPECT_EQ(
      query("sorted", start(R"({"pk":{"S":"p"},"sk":{"S":"1"},"a":{"S":"a"},"b":{"N":"1"}})")),
      "validation: The provided starting key is invalid: The provided key element does not match the schema");
  EXPECT_EQ(query("sorted", start(R"({"pk":{"S":"p"},"sk":{"N":"1"},"a":{"S":"other"},"b":{"N":"1"}})")),
            "validation: The provided starting key is outside query boundaries based on provided conditions");
  EXPECT_EQ(scan("whatever", start(R"({"pk":{"S":"p"}})")),
            "validation: The provided starting key is invalid");
}

TEST_F(Indexed, SortAttributesNarrowAQuery) {
  const auto count = [&](std::string_view condition) {
    return region_.call("Query", fmt::format(R"({{"TableName":"table","IndexName":"sorted","Select":"COUNT",
        "KeyConditionExpression":"a = :a AND {}","ExpressionAttributeValues":{{":a":{{"S":"a"}},":b":{{"N":"-2"}}}}}})",
                                             condition));
  };
  EXPECT_THAT(count("b = :b"), HasSubstr(R"("Count":1)"));
  EXPECT_THAT(count("b <= :b"), HasSubstr(R"("Count":2)"));
  EXPECT_THAT(count("b > :b"), HasSubstr(R"("Count":1)"));
  EXPECT_THAT(count("b BETWEEN :b AND :b"), HasSubstr(R"("Count":1)"));
}

TEST(IndexPages, OneMegabyteIsCountedByWhatTheIndexHolds) {
  TestRegion region;
  region.call("CreateTable", kTable);
  const std::string text(300'000, 'x');
  for (int i = 0; i < 6; ++i) {
    region.put(
        "table",
        fmt::format(
            R"({{"pk":{{"S":"p"}},"sk":{{"N":"{}"}},"a":{{"S":"a"}},"b":{{"N":"1"}},"w":{{"S":"{}"}}}})", i,
            text));
  }
  const auto count = [&](std::string_view index) {
    return region.call("Query", fmt::format(R"({{"TableName":"table","IndexName":"{}","Select":"COUNT",
        "KeyConditionExpression":"a = :a","ExpressionAttributeValues":{{":a":{{"S":"a"}}}}}})",
                                            index));
  };
  EXPECT_THAT(count("plain"), HasSubstr(R"("Count":4)"));
  EXPECT_THAT(count("sorted"), HasSubstr(R"("Count":6)"));
}

}  // namespace
}  // namespace gyre::operations
