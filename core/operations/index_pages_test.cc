// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gmock/gmock.h>

#include "core/operations/index_examples_test.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

using testing::HasSubstr;

class Indexed : public testing::Test {
 protected:
  Indexed() {
    EXPECT_THAT(region_.call("CreateTable", kTableOfIndexes), HasSubstr("CREATING"));
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
  region.call("CreateTable", kTableOfIndexes);
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
