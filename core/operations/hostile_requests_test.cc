// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/json/hostile_json_test.h"
#include "core/operations/testing/test_region.h"

// Whole requests, each with one part of it turned into something that no client should send. Whatever comes
// in, an operation answers; nothing of it ends the process, or is a fault of ours.
namespace gyre::operations {
namespace {

constexpr const char* kTables[] = {
    R"-({"TableName":"items","BillingMode":"PAY_PER_REQUEST",
        "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"},
                                {"AttributeName":"g","AttributeType":"S"}],
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
        "LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
          {"AttributeName":"g","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],
        "GlobalSecondaryIndexes":[{"IndexName":"global","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],
          "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["a"]}}]})-",
    R"-({"TableName":"other","BillingMode":"PROVISIONED","ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},
        "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"B"}],
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})-"};

struct Template {
  std::string_view operation;
  std::string_view body;
};

constexpr Template kTemplates[] = {
    {"PutItem",
     R"-({"TableName":"items","Item":{"pk":{"S":"a"},"sk":{"N":"1"},"g":{"S":"x"},"l":{"L":[{"M":{"b":{"SS":["a"]}}}]}},
         "ConditionExpression":"attribute_not_exists(#q) OR size(pk) < :v","ExpressionAttributeNames":{"#q":"q"},
         "ExpressionAttributeValues":{":v":{"N":"9"}},"ReturnValues":"ALL_OLD","ReturnConsumedCapacity":"INDEXES",
         "ReturnItemCollectionMetrics":"SIZE","ReturnValuesOnConditionCheckFailure":"ALL_OLD"})-"},
    {"PutItem",
     R"-({"TableName":"items","Item":{"pk":{"S":"a"},"sk":{"N":"1"}},"ConditionalOperator":"AND",
         "Expected":{"a":{"Exists":false},"pk":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"S":"a"},{"S":"b"}]}}})-"},
    {"UpdateItem",
     R"-({"TableName":"items","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},
         "UpdateExpression":"SET l[0] = :l, #n.b = list_append(:l, :l) REMOVE q ADD c :n DELETE d :s",
         "ConditionExpression":"attribute_exists(pk)","ExpressionAttributeNames":{"#n":"m"},
         "ExpressionAttributeValues":{":l":{"L":[{"S":"a"}]},":n":{"N":"1"},":s":{"NS":["1","2"]}},
         "ReturnValues":"UPDATED_NEW"})-"},
    {"UpdateItem",
     R"-({"TableName":"items","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"AttributeUpdates":
         {"l":{"Action":"ADD","Value":{"L":[{"S":"a"}]}},"q":{"Action":"DELETE"},"n":{"Action":"PUT","Value":{"N":"1"}}}})-"},
    {"DeleteItem",
     R"-({"TableName":"items","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"ReturnValues":"ALL_OLD"})-"},
    {"GetItem",
     R"-({"TableName":"items","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"ConsistentRead":true,"ProjectionExpression":"#a, b.c[1]",
         "ExpressionAttributeNames":{"#a":"a"}})-"},
    {"GetItem",
     R"-({"TableName":"items","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"AttributesToGet":["a","b"]})-"},
    {"BatchGetItem",
     R"-({"RequestItems":{"items":{"Keys":[{"pk":{"S":"a"},"sk":{"N":"1"}}],"ProjectionExpression":"#a",
         "ExpressionAttributeNames":{"#a":"a"}},"other":{"Keys":[{"pk":{"B":"YQ=="}}]}}})-"},
    {"BatchWriteItem",
     R"-({"RequestItems":{"items":[{"PutRequest":{"Item":{"pk":{"S":"a"},"sk":{"N":"1"}}}},
         {"DeleteRequest":{"Key":{"pk":{"S":"b"},"sk":{"N":"1"}}}}]},"ReturnItemCollectionMetrics":"SIZE"})-"},
    {"TransactWriteItems",
     R"-({"ClientRequestToken":"t","TransactItems":[{"Put":{"TableName":"items","Item":{"pk":{"S":"a"},"sk":{"N":"1"}}}},
         {"Update":{"TableName":"items","Key":{"pk":{"S":"b"},"sk":{"N":"1"}},"UpdateExpression":"SET a = :a",
          "ExpressionAttributeValues":{":a":{"S":"a"}}}},{"Delete":{"TableName":"items","Key":{"pk":{"S":"c"},"sk":{"N":"1"}}}},
         {"ConditionCheck":{"TableName":"items","Key":{"pk":{"S":"d"},"sk":{"N":"1"}},"ConditionExpression":"attribute_not_exists(a)"}}],
         "ReturnConsumedCapacity":"INDEXES"
})-"},
    {"TransactGetItems",
     R"-({"TransactItems":[{"Get":{"TableName":"items","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"ProjectionExpression":"#a",
         "ExpressionAttributeNames":{"#a":"a"}}}]})-"},
    {"Query",
     R"-({"TableName":"items","IndexName":"local","KeyConditionExpression":"pk = :p AND begins_with(g, :g)",
         "FilterExpression":"a = :p","ExpressionAttributeValues":{":p":{"S":"a"},":g":{"S":"x"}},"Limit":5,
         "ExclusiveStartKey":{"pk":{"S":"a"},"sk":{"N":"1"},"g":{"S":"x"}},"ScanIndexForward":false,"Select":"ALL_ATTRIBUTES"})-"},
    {"Query",
     R"-({"TableName":"items","KeyConditions":{"pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]},
         "sk":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"N":"1"},{"N":"2"}]}},
         "QueryFilter":{"a":{"ComparisonOperator":"NOT_CONTAINS","AttributeValueList":[{"S":"a"}]}}})-"},
    {"Scan",
     R"-({"TableName":"items","IndexName":"global","FilterExpression":"contains(a, :a) AND a IN (:a)","Segment":1,"TotalSegments":4,
         "ExpressionAttributeValues":{":a":{"S":"a"}},"ExclusiveStartKey":{"pk":{"S":"a"},"sk":{"N":"1"},"g":{"S":"x"}}})-"},
    {"Scan",
     R"-({"TableName":"other","ScanFilter":{"a":{"ComparisonOperator":"IN","AttributeValueList":[{"S":"a"},{"S":"b"}]}},
         "AttributesToGet":["a"]})-"},
    {"ExecuteStatement",
     R"-({"Statement":"UPDATE \"items\" SET a=? SET l=list_append(l, ?) WHERE pk='a' AND sk=1 RETURNING MODIFIED NEW *",
         "Parameters":[{"S":"a"},{"L":[{"S":"a"}]}]})-"},
    {"ExecuteStatement",
     R"-({"Statement":"SELECT a, b.c FROM \"items\".\"local\" WHERE pk=? AND attribute_type(a, ?) OR b IN ?","Limit":3,
         "NextToken":"YQ==","Parameters":[{"S":"a"},{"S":"S"},{"L":[{"S":"a"}]}]})-"},
    {"ExecuteStatement",
     R"-({"Statement":"INSERT INTO \"items\" VALUE {'pk':?, 'sk':1, 'l':[1, {'a':<<1>>}], 'm':?}","Parameters":[{"S":"a"},{"M":{}}]})-"},
    {"BatchExecuteStatement",
     R"-({"Statements":[{"Statement":"DELETE FROM \"items\" WHERE pk=? AND sk=1","Parameters":[{"S":"a"}],
         "ReturnValuesOnConditionCheckFailure":"ALL_OLD"},{"Statement":"DELETE FROM \"items\" WHERE pk='b' AND sk=1"}]})-"},
    {"ExecuteTransaction",
     R"-({"ClientRequestToken":"s","TransactStatements":[{"Statement":"UPDATE \"items\" SET a=? WHERE pk='a' AND sk=1",
         "Parameters":[{"S":"a"}]},{"Statement":"EXISTS(SELECT * FROM \"items\" WHERE pk='z' AND sk=1 AND a IS MISSING)"}]
})-"},
    {"CreateTable", kTables[0]},
    {"UpdateTable",
     R"-({"TableName":"items","AttributeDefinitions":[{"AttributeName":"h","AttributeType":"S"}],
         "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"more","KeySchema":[{"AttributeName":"h","KeyType":"HASH"}],
         "Projection":{"ProjectionType":"KEYS_ONLY"}}}],"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},
         "OnDemandThroughput":{"MaxReadRequestUnits":10},"DeletionProtectionEnabled":true,"TableClass":"STANDARD",
         "WarmThroughput":{"ReadUnitsPerSecond":12000},"SSESpecification":{"Enabled":true}})-"},
    {"UpdateTable", R"-({"TableName":"other","ReplicaUpdates":[{"Create":{"RegionName":"eu-west-2"}}]})-"},
    {"DescribeTable", R"-({"TableName":"items"})-"},
    {"ListTables", R"-({"Limit":1,"ExclusiveStartTableName":"items"})-"},
    {"DescribeEndpoints", "{}"},
    {"DescribeLimits", "{}"},
    {"DescribeTimeToLive", R"-({"TableName":"items"})-"},
    {"UpdateTimeToLive",
     R"-({"TableName":"items","TimeToLiveSpecification":{"AttributeName":"ttl","Enabled":true}})-"},
    {"TagResource",
     R"-({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/items","Tags":[{"Key":"a","Value":"b"}]})-"},
    {"UntagResource",
     R"-({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/items","TagKeys":["a"]})-"},
    {"ListTagsOfResource",
     R"-({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/items","NextToken":"a"})-"},
    {"DeleteTable", R"-({"TableName":"other"})-"},
};

void expect_answers(MessageStyle style) {
  TestRegion region(nullptr, nullptr, style);
  std::size_t requests = 0;
  for (const Template& one : kTemplates) {
    for (const char* table : kTables) region.call("CreateTable", table);
    json::for_each_mutant(one.body, [&](const std::string& body) {
      const std::string answer = region.call(one.operation, body);
      ++requests;
      const bool ours = answer.starts_with("internal") || answer.starts_with("corruption") ||
                        answer.starts_with("unavailable");
      EXPECT_FALSE(ours) << one.operation << " " << body.substr(0, 2000) << "\n" << answer.substr(0, 500);
    });
  }
  EXPECT_GT(requests, 5000u);
}

TEST(HostileRequests, AreAnsweredWhateverOnePartOfThemIs) {
  expect_answers(MessageStyle::kCurrent);
}

TEST(HostileRequests, AreAnsweredInTheOlderStyleToo) {
  expect_answers(MessageStyle::kAggregated);
}

// A token's fingerprint is made of all that the request holds, also of what no operation knows.
TEST(HostileRequests, ATokenTakesTheDeepestRequest) {
  TestRegion region;
  region.create_table("items");
  const std::string items = R"("TransactItems":[{"Put":{"TableName":"items","Item":{"pk":{"S":"a"}}}}])";
  for (std::size_t levels = 1; levels < limits::kJsonDepthMax; ++levels) {
    region.expect("TransactWriteItems",
                  fmt::format(R"({{"ClientRequestToken":"t{}",{},"Unknown":{}}})", levels, items,
                              json::nested("[", "", "]", levels)),
                  "{}");
  }
  region.expect("TransactWriteItems",
                fmt::format(R"({{"ClientRequestToken":"t",{},"Unknown":{}}})", items,
                            json::nested("[", "", "]", limits::kJsonDepthMax)),
                "serialization: ");
}

}  // namespace
}  // namespace gyre::operations
