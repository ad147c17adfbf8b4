// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/told_intents_test.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

struct IntentCase {
  std::string_view operation;
  std::string_view body;
  std::vector<std::string> intents;
};

// One row for each operation that there is, and more where its intent depends on the request.
const IntentCase kCases[] = {
    {"ListTables", "{}", {"dynamodb:ListTables on *"}},
    {"DescribeLimits", "{}", {"dynamodb:DescribeLimits on *"}},
    {"DescribeEndpoints", "{}", {"dynamodb:DescribeEndpoints on *"}},
    {"DescribeTable", R"({"TableName":"texts"})", {"dynamodb:DescribeTable on table/texts"}},
    {"DescribeContributorInsights",
     R"({"TableName":"texts","IndexName":"by_g"})",
     {"dynamodb:DescribeContributorInsights on table/texts/index/by_g"}},
    {"UpdateContributorInsights",
     R"({"TableName":"texts","ContributorInsightsAction":"DISABLE"})",
     {"dynamodb:UpdateContributorInsights on table/texts"}},
    {"ListContributorInsights", "{}", {"dynamodb:ListContributorInsights on *"}},
    {"ListContributorInsights",
     R"({"TableName":"texts"})",
     {"dynamodb:ListContributorInsights on table/texts"}},
    {"DescribeContinuousBackups",
     R"({"TableName":"texts"})",
     {"dynamodb:DescribeContinuousBackups on table/texts"}},
    {"UpdateContinuousBackups",
     R"({"TableName":"texts","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true}})",
     {"dynamodb:UpdateContinuousBackups on table/texts"}},
    {"DescribeKinesisStreamingDestination",
     R"({"TableName":"texts"})",
     {"dynamodb:DescribeKinesisStreamingDestination on table/texts"}},
    {"GetResourcePolicy",
     R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/texts"})",
     {"dynamodb:GetResourcePolicy on table/texts"}},
    {"DeleteResourcePolicy",
     R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/texts"})",
     {"dynamodb:DeleteResourcePolicy on table/texts"}},
    {"DescribeTableReplicaAutoScaling",
     R"({"TableName":"shared"})",
     {"dynamodb:DescribeTableReplicaAutoScaling on table/shared"}},
    {"UpdateTableReplicaAutoScaling",
     R"({"TableName":"shared"})",
     {"dynamodb:UpdateTableReplicaAutoScaling on table/shared"}},
    {"ListGlobalTables", "{}", {"dynamodb:ListGlobalTables on *"}},
    {"CreateGlobalTable",
     R"({"GlobalTableName":"old","ReplicationGroup":[]})",
     {"dynamodb:CreateGlobalTable on arn:aws:dynamodb::000000000000:global-table/old"}},
    {"DescribeGlobalTable",
     R"({"GlobalTableName":"old"})",
     {"dynamodb:DescribeGlobalTable on arn:aws:dynamodb::000000000000:global-table/old"}},
    {"UpdateGlobalTable",
     R"({"GlobalTableName":"old","ReplicaUpdates":[]})",
     {"dynamodb:UpdateGlobalTable on arn:aws:dynamodb::000000000000:global-table/old"}},
    {"DescribeGlobalTableSettings",
     R"({"GlobalTableName":"old"})",
     {"dynamodb:DescribeGlobalTableSettings on arn:aws:dynamodb::000000000000:global-table/old"}},
    {"UpdateGlobalTableSettings",
     R"({"GlobalTableName":"old"})",
     {"dynamodb:UpdateGlobalTableSettings on arn:aws:dynamodb::000000000000:global-table/old"}},
    {"DescribeTimeToLive", R"({"TableName":"texts"})", {"dynamodb:DescribeTimeToLive on table/texts"}},
    {"UpdateTimeToLive",
     R"({"TableName":"texts","TimeToLiveSpecification":{"AttributeName":"ttl","Enabled":true}})",
     {"dynamodb:UpdateTimeToLive on table/texts"}},
    {"UpdateTable",
     R"({"TableName":"texts","DeletionProtectionEnabled":false})",
     {"dynamodb:UpdateTable on table/texts"}},
    {"CreateTable",
     R"({"TableName":"new","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
         "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"})",
     {"dynamodb:CreateTable on table/new"}},
    {"TagResource",
     R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/texts","Tags":[{"Key":"k","Value":"v"}]})",
     {"dynamodb:TagResource on table/texts"}},
    {"ListTagsOfResource",
     R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/texts"})",
     {"dynamodb:ListTagsOfResource on table/texts"}},
    {"UntagResource",
     R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/texts","TagKeys":["k"]})",
     {"dynamodb:UntagResource on table/texts"}},

    {"PutItem",
     R"({"TableName":"texts","Item":{"pk":{"S":"a"},"v":{"N":"1"}}})",
     {"dynamodb:PutItem on table/texts; keys: a; attributes: pk, v"}},
    {"PutItem",
     R"({"TableName":"numbers","Item":{"id":{"N":"10.50"}}})",
     {"dynamodb:PutItem on table/numbers; keys: 10.5; attributes: id"}},
    {"PutItem",
     R"({"TableName":"texts","Item":{"pk":{"S":"a"}},"ConditionExpression":"gadget = :o",
         "ExpressionAttributeValues":{":o":{"S":"x"}}})",
     {"dynamodb:PutItem on table/texts; keys: a; attributes: gadget, pk"}},
    {"UpdateItem",
     R"({"TableName":"texts","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET #n.x = :o REMOVE w",
         "ExpressionAttributeNames":{"#n":"m"},"ExpressionAttributeValues":{":o":{"S":"x"}}})",
     {"dynamodb:UpdateItem on table/texts; keys: a; attributes: m, pk, w"}},
    {"DeleteItem",
     R"({"TableName":"arn:aws:dynamodb:eu-west-1:000000000000:table/texts","Key":{"pk":{"S":"b"}}})",
     {"dynamodb:DeleteItem on table/texts; keys: b; attributes: pk"}},
    {"GetItem",
     R"({"TableName":"texts","Key":{"pk":{"S":"a"}}})",
     {"dynamodb:GetItem on table/texts; keys: a"}},
    {"GetItem",
     R"({"TableName":"texts","Key":{"pk":{"S":"a"}},"ProjectionExpression":"v, m.x"})",
     {"dynamodb:GetItem on table/texts; keys: a; attributes: m, pk, v"}},
    {"BatchGetItem",
     R"({"RequestItems":{"numbers":{"Keys":[{"id":{"N":"2"}}]},
         "texts":{"Keys":[{"pk":{"S":"b"}},{"pk":{"S":"a"}}],"ProjectionExpression":"v"}}})",
     {"dynamodb:BatchGetItem on table/numbers; keys: 2",
      "dynamodb:BatchGetItem on table/texts; keys: a, b; attributes: pk, v"}},
    {"BatchWriteItem",
     R"({"RequestItems":{"texts":[{"PutRequest":{"Item":{"pk":{"S":"b"},"v":{"S":"x"}}}},
         {"DeleteRequest":{"Key":{"pk":{"S":"c"}}}}]}})",
     {"dynamodb:BatchWriteItem on table/texts; keys: b, c; attributes: pk, v"}},
    {"Query",
     R"({"TableName":"texts","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"a"}}})",
     {"dynamodb:Query on table/texts; keys: a"}},
    {"Query",
     R"({"TableName":"texts","IndexName":"by_g","KeyConditionExpression":"g = :g","ProjectionExpression":"pk",
         "FilterExpression":"f > :g","ExpressionAttributeValues":{":g":{"B":"AQI="}}})",
     {"dynamodb:Query on table/texts/index/by_g; keys: AQI=; attributes: f, g, pk"}},
    {"Scan", R"({"TableName":"texts"})", {"dynamodb:Scan on table/texts"}},
    {"Scan",
     R"({"TableName":"texts","IndexName":"by_g","Select":"COUNT"})",
     {"dynamodb:Scan on table/texts/index/by_g; attributes: g, pk"}},

    {"TransactGetItems",
     R"({"TransactItems":[{"Get":{"TableName":"texts","Key":{"pk":{"S":"a"}},"ProjectionExpression":"v"}},
         {"Get":{"TableName":"numbers","Key":{"id":{"N":"1"}}}}]})",
     {"dynamodb:GetItem on table/texts; keys: a; attributes: pk, v",
      "dynamodb:GetItem on table/numbers; keys: 1"}},
    {"TransactWriteItems",
     R"json({"TransactItems":[{"Put":{"TableName":"texts","Item":{"pk":{"S":"a"}}}},
         {"Update":{"TableName":"texts","Key":{"pk":{"S":"b"}},"UpdateExpression":"REMOVE v"}},
         {"Delete":{"TableName":"texts","Key":{"pk":{"S":"c"}}}},
         {"ConditionCheck":{"TableName":"texts","Key":{"pk":{"S":"d"}},
           "ConditionExpression":"attribute_not_exists(w)"}}]})json",
     {"dynamodb:PutItem on table/texts; keys: a; attributes: pk",
      "dynamodb:UpdateItem on table/texts; keys: b; attributes: pk, v",
      "dynamodb:DeleteItem on table/texts; keys: c; attributes: pk",
      "dynamodb:ConditionCheckItem on table/texts; keys: d; attributes: pk, w"}},

    {"ExecuteStatement",
     R"({"Statement":"SELECT v FROM texts WHERE pk IN ['b','a']"})",
     {"dynamodb:PartiQLSelect on table/texts; keys: a, b; attributes: pk, v"}},
    {"ExecuteStatement", R"({"Statement":"SELECT * FROM texts"})", {"dynamodb:PartiQLSelect on table/texts"}},
    {"ExecuteStatement",
     R"({"Statement":"INSERT INTO texts VALUE {'pk':'new','v':1}"})",
     {"dynamodb:PartiQLInsert on table/texts; keys: new; attributes: pk, v"}},
    {"ExecuteStatement",
     R"({"Statement":"UPDATE texts SET v = 2 WHERE pk = 'new'"})",
     {"dynamodb:PartiQLUpdate on table/texts; keys: new; attributes: pk, v"}},
    {"ExecuteStatement",
     R"({"Statement":"DELETE FROM texts WHERE pk = 'new'"})",
     {"dynamodb:PartiQLDelete on table/texts; keys: new; attributes: pk"}},
    {"BatchExecuteStatement",
     R"({"Statements":[{"Statement":"SELECT * FROM texts WHERE pk = 'a'"},{"Statement":"no statement"}]})",
     {"dynamodb:PartiQLSelect on table/texts; keys: a"}},
    {"BatchExecuteStatement",
     R"({"Statements":[{"Statement":"DELETE FROM texts WHERE pk = 'a'"}]})",
     {"dynamodb:PartiQLDelete on table/texts; keys: a; attributes: pk"}},
    {"ExecuteTransaction",
     R"({"TransactStatements":[{"Statement":"SELECT v FROM texts WHERE pk = 'a'"}]})",
     {"dynamodb:PartiQLSelect on table/texts; keys: a; attributes: pk, v"}},
    {"ExecuteTransaction",
     R"({"TransactStatements":[{"Statement":"DELETE FROM texts WHERE pk = 'a'"}]})",
     {"dynamodb:PartiQLDelete on table/texts; keys: a; attributes: pk"}},

    {"DeleteTable", R"({"TableName":"numbers"})", {"dynamodb:DeleteTable on table/numbers"}},
};

class IntentsTest : public testing::Test {
 protected:
  IntentsTest() {
    region_.call("CreateTable",
                 R"({"TableName":"texts","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
                     {"AttributeName":"g","AttributeType":"B"}],
                     "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST",
                     "GlobalSecondaryIndexes":[{"IndexName":"by_g","Projection":{"ProjectionType":"ALL"},
                     "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}]}]})");
    region_.call(
        "CreateTable",
        R"({"TableName":"numbers","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"N"}],
                     "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"})");
    region_.create_table("shared");
    region_.replicate("shared");
  }

  TestRegion region_;
};

TEST_F(IntentsTest, AreSaidBeforeAnOperationIsExecuted) {
  for (const IntentCase& one : kCases) {
    api::ToldIntents remembered(RegionId("eu-west-1"));
    region_.observe_intents(&remembered);
    const std::string reply = region_.call(one.operation, one.body);
    EXPECT_EQ(remembered.told, one.intents) << one.operation << " " << one.body << " " << reply;
  }
}

TEST_F(IntentsTest, OfEveryOperationHaveARow) {
  std::set<std::string> known;
  for (const IntentCase& one : kCases) known.insert("DynamoDB_20120810." + std::string(one.operation));
  for (const std::string& target : region_.router().targets()) EXPECT_TRUE(known.contains(target)) << target;
}

TEST_F(IntentsTest, ThatAreRefusedEndTheRequest) {
  api::ToldIntents remembered(RegionId("eu-west-1"));
  remembered.refuses = true;
  region_.put("texts", R"({"pk":{"S":"a"},"v":{"S":"old"}})");
  region_.observe_intents(&remembered);
  for (const IntentCase& one : kCases) {
    EXPECT_EQ(region_.call(one.operation, one.body), "validation: refused") << one.operation;
  }
  region_.observe_intents(nullptr);
  region_.expect("Scan", R"({"TableName":"texts"})",
                 R"({"Items":[{"pk":{"S":"a"},"v":{"S":"old"}}],"Count":1,"ScannedCount":1})");
  region_.expect("ListTables", "{}", R"({"TableNames":["numbers","shared","texts"]})");
}

TEST_F(IntentsTest, OfARequestThatIsWrongAreNotSaid) {
  api::ToldIntents remembered(RegionId("eu-west-1"));
  region_.observe_intents(&remembered);
  region_.call("GetItem", R"({"TableName":"texts","Key":{"other":{"S":"a"}}})");
  region_.call("GetItem", R"({"TableName":"missing","Key":{"pk":{"S":"a"}}})");
  EXPECT_TRUE(remembered.told.empty());
}

}  // namespace
}  // namespace gyre::operations
