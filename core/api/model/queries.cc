// SPDX-License-Identifier: Apache-2.0
#include "core/api/model/shapes.h"

// Query, Scan and the search for near vectors.
//
// Source: botocore 1.29 (Debian's python3-botocore). Rows marked SDK are from the schemas of
// @aws-sdk/client-dynamodb 3.1169, which has no ranges, lengths and patterns.
namespace gyre::api::model {
namespace {

// --- Query ---
constexpr std::string_view kSelectValues[] = {"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
                                              "ALL_PROJECTED_ATTRIBUTES"};
constexpr Shape kSelect = one_of(kSelectValues);
constexpr Member kConditionMembers[] = {
    {"ComparisonOperator", &kComparisonOperator, kRequired},
    {"AttributeValueList", &kAttributeValueList},
};
constexpr Shape kCondition = structure("Condition", kConditionMembers);
constexpr Shape kKeyConditions = map_of(&kCondition);
constexpr Shape kFilterConditionMap = map_of(&kCondition);
// AWS went over to the words of 2026 for it in all regions, so the operation tells it.
constexpr Shape kQueryLimit = own_words(whole(at_least(1)));
constexpr Member kQueryInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"Select", &kSelect},
    {"Limit", &kQueryLimit},
    {"TableName", &kTableName, kRequired},
    {"IndexName", &kIndexName},
    {"AttributesToGet", &kAttributeNameList},
    {"ConsistentRead", &kBoolean},
    {"KeyConditions", &kKeyConditions},
    {"QueryFilter", &kFilterConditionMap},
    {"ConditionalOperator", &kConditionalOperator},
    {"ScanIndexForward", &kBoolean},
    {"ExclusiveStartKey", &kAttributes},
    {"ProjectionExpression", &kString},
    {"FilterExpression", &kString},
    {"KeyConditionExpression", &kString},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kAttributes},
};
constexpr Shape kQueryInput = structure("QueryInput", kQueryInputMembers);

// --- Scan ---
constexpr Shape kScanTotalSegments = whole({1, 1000000});
constexpr Shape kScanSegment = whole({0, 999999});
constexpr Member kScanInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"Select", &kSelect},
    {"Limit", &kPositiveIntegerObject},
    {"TotalSegments", &kScanTotalSegments},
    {"Segment", &kScanSegment},
    {"TableName", &kTableName, kRequired},
    {"IndexName", &kIndexName},
    {"AttributesToGet", &kAttributeNameList},
    {"ScanFilter", &kFilterConditionMap},
    {"ConditionalOperator", &kConditionalOperator},
    {"ExclusiveStartKey", &kAttributes},
    {"ProjectionExpression", &kString},
    {"FilterExpression", &kString},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kAttributes},
    {"ConsistentRead", &kBoolean},
};
constexpr Shape kScanInput = structure("ScanInput", kScanInputMembers);

// --- SearchVectors ---
constexpr Shape kSearchVectorList = list_of(&kAttributeValue);  // SDK
// SDK
constexpr Member kSearchVectorsInputMembers[] = {
    {"TableName", &kString, kRequired},
    {"IndexName", &kIndexName, kRequired},
    {"SearchVector", &kSearchVectorList, kRequired},
    {"TopK", &kInteger, kRequired},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kAttributes},
    {"ProjectionExpression", &kString},
    {"SearchConditionExpression", &kString},
};
constexpr Shape kSearchVectorsInput = structure("SearchVectorsInput", kSearchVectorsInputMembers);

constexpr Operation kOperations[] = {
    {"Query", &kQueryInput},
    {"Scan", &kScanInput},
    {"SearchVectors", &kSearchVectorsInput},
};

}  // namespace

std::span<const Operation> query_operations() {
  return kOperations;
}

}  // namespace gyre::api::model
