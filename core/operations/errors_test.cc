// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/operations/testing/test_region.h"

// What a wrong request is answered, row by row: operation, request, exact answer.

namespace gyre::operations {
namespace {

constexpr RequestCase kCases[] = {
    // --- table names ---
    {"GetItem", R"({})",
     "validation: 1 validation error detected: Value null at 'tableName' failed to satisfy constraint: "
     "Member must not be "
     "null"},
    {"GetItem", R"({"TableName":"ab","Key":{}})",
     "validation: 1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: "
     "Member must have "
     "length greater than or equal to 3"},
    {"GetItem", R"({"TableName":"a;b","Key":{}})",
     "validation: 1 validation error detected: Value 'a;b' at 'tableName' failed to satisfy constraint: "
     "Member must satisfy "
     "regular expression pattern: [a-zA-Z0-9_.-]+"},
    {"GetItem", R"({"TableName":12,"Key":{}})", "serialization: NUMBER_VALUE cannot be converted to String"},
    {"GetItem", R"({"TableName":"none","Key":{"pk":{"S":"a"}}})",
     "resource_not_found: Requested resource not found"},
    {"DescribeTable", R"({})",
     "validation: The parameter 'TableName' is required but was not present in the request"},
    {"DescribeTable", R"({"TableName":"ab"})",
     "validation: TableName must be at least 3 characters long and at most 255 characters long"},
    {"DescribeTable", R"({"TableName":"none"})",
     "resource_not_found: Requested resource not found: Table: none not found"},
    {"DeleteTable", R"({"TableName":"none"})",
     "resource_not_found: Requested resource not found: Table: none not found"},
    {"UpdateTable", R"({"TableName":"none","BillingMode":"PAY_PER_REQUEST"})",
     "resource_not_found: Requested resource not found: Table: none not found"},

    // --- keys ---
    {"GetItem", R"({"TableName":"hash"})",
     "validation: 1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must "
     "not be null"},
    {"GetItem", R"({"TableName":"hash","Key":{"pk":{"N":"1"}}})",
     "validation: The provided key element does not match the schema"},
    {"GetItem", R"({"TableName":"hash","Key":{"pk":{"S":"a"},"more":{"S":"b"}}})",
     "validation: The provided key element does not match the schema"},
    {"DeleteItem", R"({"TableName":"range","Key":{"pk":{"S":"a"}}})",
     "validation: The provided key element does not match the schema"},
    {"PutItem", R"({"TableName":"range","Item":{"pk":{"S":"a"}}})",
     "validation: One or more parameter values were invalid: Missing the key sk in the item"},
    {"PutItem", R"({"TableName":"hash","Item":{"pk":{"N":"1"}}})",
     "validation: One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N"},
    {"PutItem", R"({"TableName":"hash","Item":{"pk":{"S":""}}})",
     "validation: One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
     "contain an empty "
     "string value. Key: pk"},

    // --- enumerations and ranges ---
    {"PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"}},"ReturnValues":"SOME"})",
     "validation: 1 validation error detected: Failed to satisfy constraint: Member must satisfy enum value "
     "set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"},
    {"PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"}},"ReturnValues":"ALL_NEW"})",
     "validation: 1 validation error detected: ReturnValues can only be ALL_OLD or NONE"},
    {"DeleteItem", R"({"TableName":"hash","Key":{"pk":{"S":"a"}},"ReturnValues":"UPDATED_NEW"})",
     "validation: 1 validation error detected: ReturnValues can only be ALL_OLD or NONE"},
    {"GetItem", R"({"TableName":"hash","Key":{"pk":{"S":"a"}},"ReturnConsumedCapacity":"ALL"})",
     "validation: 1 validation error detected: Value 'ALL' at 'returnConsumedCapacity' failed to satisfy "
     "constraint: Member "
     "must satisfy enum value set: [INDEXES, TOTAL, NONE]"},
    {"PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"}},"ReturnItemCollectionMetrics":"ALL"})",
     "validation: 1 validation error detected: ReturnItemCollectionMetrics can only be SIZE or NONE"},
    {"Scan", R"({"TableName":"hash","Limit":0})",
     "validation: 1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member "
     "must have value "
     "greater than or equal to 1"},
    {"ListTables", R"({"Limit":101})",
     "validation: 1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member "
     "must have value "
     "less than or equal to 100"},

    // --- expressions ---
    {"PutItem",
     R"({"TableName":"hash","Item":{"pk":{"S":"a"}},"ExpressionAttributeValues":{":a":{"S":"b"}}})",
     "validation: 1 validation error detected: ExpressionAttributeValues can only be specified when using "
     "expressions"},
    {"UpdateItem",
     R"({"TableName":"hash","Key":{"pk":{"S":"a"}},"ExpressionAttributeValues":{":a":{"S":"b"}}})",
     "validation: 1 validation error detected: ExpressionAttributeValues can only be specified when using "
     "expressions"},
    {"GetItem", R"({"TableName":"hash","Key":{"pk":{"S":"a"}},"ExpressionAttributeNames":{"#a":"b"}})",
     "validation: ExpressionAttributeNames can only be specified when using expressions"},
    {"Scan",
     R"({"TableName":"hash","FilterExpression":"a = :a","ExpressionAttributeValues":{":a":{"N":"x"}}})",
     "validation: ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
     "numeric value: x "
     "for key :a"},
    {"Scan", R"({"TableName":"hash","FilterExpression":"a = :a","ExpressionAttributeValues":{}})",
     "validation: ExpressionAttributeValues must not be empty"},
    {"UpdateItem",
     R"({"TableName":"hash","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET pk = :a","ExpressionAttributeValues":{":a":{"S":"b"}}})",
     "validation: One or more parameter values were invalid: Cannot update attribute pk. This attribute is "
     "part of the key"},
    {"UpdateItem", R"({"TableName":"hash","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET a = pk.b"})",
     "validation: Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
     "allowed: "
     "Key: pk"},
    {"PutItem", R"({"TableName":"hash","Item":{"pk":{"S":"a"}},"ConditionExpression":"pk[0] <> a"})",
     "validation: Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
     "allowed: "
     "Key: pk"},
    {"GetItem",
     R"({"TableName":"range","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"ProjectionExpression":"a, sk.b"})",
     "validation: Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
     "allowed: "
     "Key: sk"},
    {"BatchGetItem", R"({"RequestItems":{"hash":{"Keys":[{"pk":{"S":"a"}}],"ProjectionExpression":"pk.b"}}})",
     "validation: Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
     "allowed: "
     "Key: pk"},
    {"Scan", R"({"TableName":"hash","FilterExpression":"pk.b <> a"})",
     "validation: Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
     "allowed: "
     "Key: pk"},

    // --- Query and Scan ---
    {"Query", R"({"TableName":"hash"})",
     "validation: Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
     "request."},
    {"Query",
     R"({"TableName":"range","KeyConditionExpression":"pk = :a","FilterExpression":"sk = :a","ExpressionAttributeValues":{":a":{"S":"a"}}})",
     "validation: Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"},
    {"Query",
     R"({"TableName":"range","KeyConditionExpression":"pk = :a","ExpressionAttributeValues":{":a":{"S":"a"}},
         "ExclusiveStartKey":{"pk":{"S":"b"},"sk":{"N":"1"}}})",
     "validation: The provided starting key is outside query boundaries based on provided conditions"},
    {"Query",
     R"({"TableName":"range","KeyConditionExpression":"pk = :a AND sk > :n","ExpressionAttributeValues":{":a":{"S":"a"},":n":{"N":"5"}},
         "ExclusiveStartKey":{"pk":{"S":"a"},"sk":{"N":"5"}}})",
     "validation: The provided starting key does not match the range key predicate"},
    {"Scan", R"({"TableName":"range","ExclusiveStartKey":{"pk":{"S":"b"}}})",
     "validation: The provided starting key is invalid"},
    {"Scan", R"({"TableName":"hash","ExclusiveStartKey":{"pk":{"N":"1"}}})",
     "validation: The provided starting key is invalid: The provided key element does not match the schema"},
    {"Scan", R"({"TableName":"hash","Select":"COUNT","ProjectionExpression":"a"})",
     "validation: Cannot specify the ProjectionExpression when choosing to get only the Count"},
    {"Scan", R"({"TableName":"hash","Select":"ALL_ATTRIBUTES","ProjectionExpression":"a"})",
     "validation: Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"},
    {"Scan", R"({"TableName":"hash","Select":"SPECIFIC_ATTRIBUTES"})",
     "validation: Must specify the AttributesToGet or ProjectionExpression when choosing to get "
     "SPECIFIC_ATTRIBUTES"},
    {"Scan", R"({"TableName":"hash","Select":"ALL_PROJECTED_ATTRIBUTES"})",
     "validation: ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"},
    {"Scan", R"({"TableName":"hash","Segment":1})",
     "validation: The TotalSegments parameter is required but was not present in the request when Segment "
     "parameter is "
     "present"},
    {"Scan", R"({"TableName":"hash","TotalSegments":1})",
     "validation: The Segment parameter is required but was not present in the request when parameter "
     "TotalSegments is "
     "present"},
    {"Scan", R"({"TableName":"hash","TotalSegments":4,"Segment":4})",
     "validation: The Segment parameter is zero-based and must be less than parameter TotalSegments: "
     "Segment: 4 is not less "
     "than TotalSegments: 4"},

    // --- batches ---
    {"BatchGetItem", R"({"RequestItems":{}})",
     "validation: 1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: Member "
     "must have length greater than or equal to 1"},
    {"BatchGetItem", R"({"RequestItems":{"hash":{"Keys":[{"pk":{"S":"a"}},{"pk":{"S":"a"}}]}}})",
     "validation: Provided list of item keys contains duplicates"},
    {"BatchGetItem", R"({"RequestItems":{"none":{"Keys":[{"pk":{"S":"a"}}]}}})",
     "resource_not_found: Requested resource not found"},
    {"BatchWriteItem",
     R"({"RequestItems":{"hash":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"a"}}}}]}})",
     "validation: Provided list of item keys contains duplicates"},
    {"BatchWriteItem", R"({"RequestItems":{"hash":[]}})",
     "validation: 1 validation error detected: Value '{hash=[]}' at 'requestItems' failed to satisfy "
     "constraint: Map "
     "value must satisfy constraint: [Member must have length less than or equal to 25, Member must have "
     "length greater "
     "than or equal to 1]"},
    {"BatchWriteItem", R"({"RequestItems":{"hash":[{}]}})",
     "validation: Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
     "supported "
     "datatypes"},

    // --- CreateTable ---
    {"CreateTable",
     R"({"TableName":"hash","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],
         "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}]})",
     "resource_in_use: Table already exists: hash"},
    {"CreateTable",
     R"({"TableName":"new","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],
         "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}]})",
     "validation: One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must "
     "both be specified "
     "when BillingMode is PROVISIONED"},
    {"CreateTable",
     R"({"TableName":"new","BillingMode":"PAY_PER_REQUEST","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1},
         "AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],"KeySchema":[{"AttributeName":"a","KeyType":"HASH"}]})",
     "validation: One or more parameter values were invalid: Neither ReadCapacityUnits nor "
     "WriteCapacityUnits can be "
     "specified when BillingMode is PAY_PER_REQUEST"},
    {"CreateTable",
     R"({"TableName":"new","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],
         "KeySchema":[{"AttributeName":"b","KeyType":"HASH"}]})",
     "validation: One or more parameter values were invalid: Some index key attributes are not defined in "
     "AttributeDefinitions. Keys: [b], AttributeDefinitions: [a]"},
    {"CreateTable",
     R"({"TableName":"new","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],
         "KeySchema":[{"AttributeName":"a","KeyType":"RANGE"}]})",
     "validation: Invalid KeySchema: The first KeySchemaElement is not a HASH key type"},
    {"CreateTable",
     R"({"TableName":"new","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},
         {"AttributeName":"b","AttributeType":"S"}],"KeySchema":[{"AttributeName":"a","KeyType":"HASH"}]})",
     "validation: One or more parameter values were invalid: Number of attributes in KeySchema does not "
     "exactly match number "
     "of attributes defined in AttributeDefinitions"},
    {"CreateTable",
     R"({"TableName":"new","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"BOOL"}],
         "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}]})",
     "validation: 1 validation error detected: Value 'BOOL' at 'attributeDefinitions.1.member.attributeType' "
     "failed to "
     "satisfy constraint: Member must satisfy enum value set: [B, N, S]"},
    {"CreateTable", R"({"TableName":"new","AttributeDefinitions":[],"KeySchema":[]})",
     "validation: 1 validation error detected: Value '[]' at 'keySchema' failed to satisfy constraint: "
     "Member must have "
     "length greater than or equal to 1"},

    // --- UpdateTable ---
    {"UpdateTable", R"({"TableName":"hash"})",
     "validation: At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
     "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
     "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, "
     "WarmThroughput or TableClass is required"},
    {"UpdateTable", R"({"TableName":"hash","StreamSpecification":{"StreamEnabled":true}})",
     "validation: One or more parameter values were invalid: If stream is being enabled then UpdateViewType "
     "is required"},
    {"UpdateTable",
     R"({"TableName":"hash","DeletionProtectionEnabled":true,"ReplicaUpdates":[{"Create":{"RegionName":"us-east-1"}}]})",
     "validation: One or more parameter values were invalid: Requests that modify replicas or witnesses "
     "must not also modify other fields"},
    {"UpdateTable",
     R"({"TableName":"hash","ReplicaUpdates":[{"Create":{"RegionName":"x"}},{"Delete":{"RegionName":"x"}}]})",
     "validation: One or more parameter values were invalid: Replica specified more than once: x"},

    // --- what is not built says so ---
    {"CreateTable",
     R"({"TableName":"new","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],
         "KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"VectorIndexes":[{"IndexName":"by-year"}]})",
     "validation: Gyre: the parameter VectorIndexes is not supported yet"},
};

TEST(Errors, EveryWrongRequestGetsItsExactAnswer) {
  TestRegion region;
  region.create_table("hash");
  region.create_table("range", "N");
  for (const RequestCase& row : kCases) {
    EXPECT_EQ(region.call(row.operation, row.body), row.answer) << row.operation << " " << row.body;
  }
  region.expect("Scan", R"({"TableName":"hash"})", R"({"Items":[],"Count":0,"ScannedCount":0})");
}

}  // namespace
}  // namespace gyre::operations
