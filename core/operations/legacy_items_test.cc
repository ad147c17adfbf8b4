// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>

#include "core/operations/testing/test_region.h"

// What parameters from before expressions do. Their conditions and updates are those of expressions, tested
// there.

namespace gyre::operations {
namespace {

class Legacy : public testing::Test {
 protected:
  Legacy() { region_.create_table("music", "N"); }

  void put(int sk, std::string_view more) {
    region_.put("music", fmt::format(R"({{"pk":{{"S":"a"}},"sk":{{"N":"{}"}}{}}})", sk, more));
  }
  std::string get(int sk) {
    return region_.call(
        "GetItem",
        fmt::format(R"({{"TableName":"music","Key":{{"pk":{{"S":"a"}},"sk":{{"N":"{}"}}}}}})", sk));
  }
  /// `members` beside the table and the key {a, 1}.
  std::string update(std::string_view members) {
    return region_.call(
        "UpdateItem",
        fmt::format(R"({{"TableName":"music","Key":{{"pk":{{"S":"a"}},"sk":{{"N":"1"}}}},{}}})", members));
  }
  void expect_item(std::string_view more) {
    EXPECT_EQ(normal_json(get(1)),
              normal_json(fmt::format(R"({{"Item":{{"pk":{{"S":"a"}},"sk":{{"N":"1"}}{}}}}})", more)));
  }
  /// The sort keys that a Query or Scan answers, in their order.
  std::string found(std::string_view operation, std::string_view members) {
    const std::string reply = region_.call(
        operation, fmt::format(R"({{"TableName":"music","AttributesToGet":["sk"],{}}})", members));
    std::string keys;
    for (std::size_t at = reply.find("\"N\":\""); at != std::string::npos;
         at = reply.find("\"N\":\"", at + 1)) {
      keys += reply.substr(at + 5, reply.find('"', at + 5) - at - 5) + " ";
    }
    return keys.empty() ? reply : keys;
  }

  TestRegion region_;
};

constexpr std::string_view kFailed = "conditional_check_failed: The conditional request failed";

TEST_F(Legacy, AttributeUpdatesPutAddAndDelete) {
  EXPECT_EQ(update(R"("AttributeUpdates":{"v":{"Value":{"S":"x"}},"n":{"Action":"ADD","Value":{"N":"5"}},
                      "l":{"Action":"ADD","Value":{"L":[{"N":"1"}]}},"ss":{"Action":"PUT","Value":{"SS":["a","b"]}}})"),
            "{}");
  EXPECT_EQ(update(R"("AttributeUpdates":{"v":{"Action":"DELETE"},"n":{"Action":"ADD","Value":{"N":"-7"}},
                      "l":{"Action":"ADD","Value":{"L":[{"N":"1"}]}},"ss":{"Action":"DELETE","Value":{"SS":["b","c"]}}})"),
            "{}");
  expect_item(R"(,"n":{"N":"-2"},"l":{"L":[{"N":"1"},{"N":"1"}]},"ss":{"SS":["a"]})");
}

TEST_F(Legacy, AttributeUpdatesOfAnotherTypeChangeNothing) {
  put(1, R"(,"n":{"N":"1"})");
  EXPECT_EQ(
      update(R"("AttributeUpdates":{"a":{"Value":{"S":"x"}},"n":{"Action":"ADD","Value":{"SS":["a"]}}})"),
      "validation: Type mismatch for attribute to update");
  expect_item(R"(,"n":{"N":"1"})");
}

TEST_F(Legacy, DeletesAloneMakeNoItemAndEmptyUpdatesDo) {
  EXPECT_EQ(
      update(R"("AttributeUpdates":{"a":{"Action":"DELETE"},"b":{"Action":"DELETE","Value":{"SS":["x"]}}})"),
      "{}");
  EXPECT_EQ(get(1), "{}");
  EXPECT_EQ(update(R"("AttributeUpdates":{})"), "{}");
  expect_item("");
}

TEST_F(Legacy, AttributeUpdatesAnswerWhatTheyTouched) {
  put(1, R"(,"n":{"N":"1"},"v":{"S":"x"},"w":{"S":"y"})");
  const std::string_view updates =
      R"("AttributeUpdates":{"n":{"Action":"ADD","Value":{"N":"1"}},"v":{"Action":"DELETE"}},"ReturnValues":"{}")";
  const auto updated = [&](std::string_view values) {
    return update(std::string(updates).replace(updates.find("{}"), 2, values));
  };
  EXPECT_EQ(normal_json(updated("UPDATED_OLD")),
            normal_json(R"({"Attributes":{"n":{"N":"1"},"v":{"S":"x"}}})"));
  EXPECT_EQ(normal_json(updated("UPDATED_NEW")), normal_json(R"({"Attributes":{"n":{"N":"3"}}})"));
}

TEST_F(Legacy, ExpectedGuardsAllThreeWrites) {
  put(1, R"(,"v":{"N":"1"})");
  const auto put_expecting = [this](std::string_view expected) {
    return region_.call(
        "PutItem",
        fmt::format(
            R"({{"TableName":"music","Item":{{"pk":{{"S":"a"}},"sk":{{"N":"1"}},"v":{{"N":"1"}}}},"Expected":{}}})",
            expected));
  };
  EXPECT_EQ(put_expecting(R"({"v":{"Value":{"N":"2"}}})"), kFailed);
  EXPECT_EQ(put_expecting(R"({"v":{"Value":{"N":"1"},"Exists":true},"w":{"Exists":false}})"), "{}");
  EXPECT_EQ(put_expecting(R"({"v":{"ComparisonOperator":"GT","Value":{"N":"0"}}})"), "{}");
  EXPECT_EQ(
      put_expecting(R"({"v":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"N":"2"},{"N":"3"}]}})"),
      kFailed);
  EXPECT_EQ(put_expecting("{}"), "{}");
  EXPECT_EQ(update(R"("AttributeUpdates":{"v":{"Value":{"N":"9"}}},"Expected":{"pk":{"Exists":false}})"),
            kFailed);
  const auto remove = [this](std::string_view more) {
    return region_.call(
        "DeleteItem",
        fmt::format(R"({{"TableName":"music","Key":{{"pk":{{"S":"a"}},"sk":{{"N":"1"}}}},{}}})", more));
  };
  EXPECT_EQ(remove(R"("Expected":{"v":{"Value":{"N":"9"}}})"), kFailed);
  EXPECT_EQ(normal_json(remove(
                R"("Expected":{"v":{"Value":{"N":"9"}}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD")")),
            fmt::format(R"({} "Item":{{"pk":{{"S":"a"}},"sk":{{"N":"1"}},"v":{{"N":"1"}}}})", kFailed));
  EXPECT_EQ(
      remove(
          R"("Expected":{"v":{"Value":{"N":"9"}},"w":{"ComparisonOperator":"NULL"}},"ConditionalOperator":"OR")"),
      "{}");
  EXPECT_EQ(get(1), "{}");
}

TEST_F(Legacy, NothingIsContainedNorNotContainedInWhatIsMissing) {
  put(1, R"(,"v":{"S":"hello"})");
  const auto update_if = [this](std::string_view attribute, std::string_view operation,
                                std::string_view value) {
    return update(fmt::format(
        R"("AttributeUpdates":{{}},"Expected":{{"{}":{{"ComparisonOperator":"{}","AttributeValueList":[{}]}}}})",
        attribute, operation, value));
  };
  EXPECT_EQ(update_if("v", "CONTAINS", R"({"S":"ell"})"), "{}");
  EXPECT_EQ(update_if("v", "NOT_CONTAINS", R"({"S":"elk"})"), "{}");
  EXPECT_EQ(update_if("v", "NOT_CONTAINS", R"({"N":"1"})"), "{}");
  EXPECT_EQ(update_if("gone", "CONTAINS", R"({"S":"a"})"), kFailed);
  EXPECT_EQ(update_if("gone", "NOT_CONTAINS", R"({"S":"a"})"), kFailed);
  EXPECT_EQ(update_if("gone", "NE", R"({"S":"a"})"), "{}");
}

TEST_F(Legacy, KeyConditionsNameARange) {
  for (int sk = 0; sk < 6; ++sk) put(sk, "");
  const auto query = [this](std::string_view condition) {
    return found(
        "Query",
        fmt::format(
            R"("KeyConditions":{{"pk":{{"ComparisonOperator":"EQ","AttributeValueList":[{{"S":"a"}}]}},
                                         "sk":{{"ComparisonOperator":{}}}}})",
            condition));
  };
  EXPECT_EQ(found("Query",
                  R"("KeyConditions":{"pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]}})"),
            "0 1 2 3 4 5 ");
  EXPECT_EQ(query(R"("EQ","AttributeValueList":[{"N":"3"}])"), "3 ");
  EXPECT_EQ(query(R"("LT","AttributeValueList":[{"N":"2"}])"), "0 1 ");
  EXPECT_EQ(query(R"("GE","AttributeValueList":[{"N":"4"}])"), "4 5 ");
  EXPECT_EQ(query(R"("BETWEEN","AttributeValueList":[{"N":"2"},{"N":"3"}])"), "2 3 ");
}

TEST_F(Legacy, FiltersKeepWhatMatches) {
  put(1, R"(,"v":{"N":"1"},"w":{"S":"x"})");
  put(2, R"(,"v":{"N":"2"})");
  put(3, R"(,"w":{"S":"xy"})");
  const std::string key =
      R"("KeyConditions":{"pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]}},)";
  const std::string both = R"({"v":{"ComparisonOperator":"GE","AttributeValueList":[{"N":"1"}]},
                               "w":{"ComparisonOperator":"BEGINS_WITH","AttributeValueList":[{"S":"x"}]}})";
  EXPECT_EQ(found("Query", key + R"("QueryFilter":)" + both), "1 ");
  EXPECT_EQ(found("Query", key + R"("ConditionalOperator":"AND","QueryFilter":)" + both), "1 ");
  EXPECT_EQ(found("Query", key + R"("ConditionalOperator":"OR","QueryFilter":)" + both), "1 2 3 ");
  EXPECT_EQ(found("Scan", R"("ScanFilter":)" + both), "1 ");
  EXPECT_EQ(found("Scan", R"("ScanFilter":{"v":{"ComparisonOperator":"NULL"}})"), "3 ");
  EXPECT_EQ(
      found("Scan", R"("ScanFilter":{"pk":{"ComparisonOperator":"NE","AttributeValueList":[{"S":"b"}]}})"),
      "1 2 3 ");
  EXPECT_EQ(found("Scan", R"("ScanFilter":{})"), "1 2 3 ");
}

TEST_F(Legacy, KeyConditionsGoWithExpressionsThatSaySomethingElse) {
  put(1, R"(,"v":{"N":"1"})");
  put(2, R"(,"v":{"N":"2"})");
  region_.expect(
      "Query",
      R"({"TableName":"music","KeyConditions":{"pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]}},
                     "FilterExpression":"v > :one","ProjectionExpression":"v","ExpressionAttributeValues":{":one":{"N":"1"}}})",
      R"({"Items":[{"v":{"N":"2"}}],"Count":1,"ScannedCount":2})");
}

TEST_F(Legacy, AttributesToGetSelectsTopLevelNames) {
  put(1, R"(,"a.b":{"N":"1"},"v":{"M":{"x":{"N":"1"}}})");
  const std::string_view key = R"({"pk":{"S":"a"},"sk":{"N":"1"}})";
  region_.expect("GetItem",
                 fmt::format(R"({{"TableName":"music","Key":{},"AttributesToGet":["a.b","v","gone"]}})", key),
                 R"({"Item":{"a.b":{"N":"1"},"v":{"M":{"x":{"N":"1"}}}}})");
  region_.expect("GetItem",
                 fmt::format(R"({{"TableName":"music","Key":{},"AttributesToGet":["gone"]}})", key),
                 R"({"Item":{}})");
  region_.expect(
      "BatchGetItem",
      fmt::format(R"({{"RequestItems":{{"music":{{"Keys":[{}],"AttributesToGet":["sk"]}}}}}})", key),
      R"({"Responses":{"music":[{"sk":{"N":"1"}}]},"UnprocessedKeys":{}})");
  region_.expect("Scan", R"({"TableName":"music","AttributesToGet":["sk"],"Select":"SPECIFIC_ATTRIBUTES"})",
                 R"({"Items":[{"sk":{"N":"1"}}],"Count":1,"ScannedCount":1})");
}

}  // namespace
}  // namespace gyre::operations
