// SPDX-License-Identifier: Apache-2.0
#include "core/api/model/shapes.h"

// Reading and writing items, alone, in batches and in transactions.
//
// Source: botocore 1.29 (Debian's python3-botocore). Rows marked SDK are from the schemas of
// @aws-sdk/client-dynamodb 3.1169, which has no ranges, lengths and patterns.
namespace gyre::api::model {
namespace {

// --- PutItem ---
constexpr Member kExpectedAttributeValueMembers[] = {
    {"Value", &kAttributeValue},
    {"Exists", &kBoolean},
    {"ComparisonOperator", &kComparisonOperator},
    {"AttributeValueList", &kAttributeValueList},
};
constexpr Shape kExpectedAttributeValue = structure("ExpectedAttributeValue", kExpectedAttributeValueMembers);
constexpr Shape kExpectedAttributeMap = map_of(&kExpectedAttributeValue);
constexpr std::string_view kReturnValueValues[] = {"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE",
                                                   "UPDATED_NEW"};
constexpr Shape kReturnValue = one_of(kReturnValueValues);
constexpr std::string_view kReturnItemCollectionMetricsValues[] = {"SIZE", "NONE"};
constexpr Shape kReturnItemCollectionMetrics = one_of(kReturnItemCollectionMetricsValues);
constexpr Member kPutItemInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"ReturnValues", &kReturnValue},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},  // SDK
    {"Expected", &kExpectedAttributeMap},
    {"ConditionalOperator", &kConditionalOperator},
    {"TableName", &kTableName, kRequired},
    {"Item", &kAttributes, kRequired},
    {"ConditionExpression", &kString},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kAttributes},
};
constexpr Shape kPutItemInput = structure("PutItemInput", kPutItemInputMembers);

// --- GetItem ---
constexpr Member kGetItemInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableName, kRequired},
    {"Key", &kAttributes, kRequired},
    {"AttributesToGet", &kAttributeNameList},
    {"ConsistentRead", &kBoolean},
    {"ProjectionExpression", &kString},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
};
constexpr Shape kGetItemInput = structure("GetItemInput", kGetItemInputMembers);

// --- UpdateItem ---
constexpr std::string_view kAttributeActionValues[] = {"ADD", "DELETE", "PUT"};
constexpr Shape kAttributeAction = one_of(kAttributeActionValues);
constexpr Member kAttributeValueUpdateMembers[] = {
    {"Value", &kAttributeValue},
    {"Action", &kAttributeAction},
};
constexpr Shape kAttributeValueUpdate = structure("AttributeValueUpdate", kAttributeValueUpdateMembers);
constexpr Shape kAttributeUpdates = map_of(&kAttributeValueUpdate);
constexpr Member kUpdateItemInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TableName", &kTableName, kRequired},
    {"ReturnValues", &kReturnValue},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},  // SDK
    {"Expected", &kExpectedAttributeMap},
    {"ConditionalOperator", &kConditionalOperator},
    {"AttributeUpdates", &kAttributeUpdates},
    {"Key", &kAttributes, kRequired},
    {"UpdateExpression", &kString},
    {"ConditionExpression", &kString},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kAttributes},
};
constexpr Shape kUpdateItemInput = structure("UpdateItemInput", kUpdateItemInputMembers);

// --- DeleteItem ---
constexpr Member kDeleteItemInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"ReturnValues", &kReturnValue},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},  // SDK
    {"Expected", &kExpectedAttributeMap},
    {"ConditionalOperator", &kConditionalOperator},
    {"TableName", &kTableName, kRequired},
    {"Key", &kAttributes, kRequired},
    {"ConditionExpression", &kString},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kAttributes},
};
constexpr Shape kDeleteItemInput = structure("DeleteItemInput", kDeleteItemInputMembers);

// --- BatchGetItem ---
constexpr Shape kKeyList = list_of(&kAttributes, {1, 100});
constexpr Member kKeysAndAttributesMembers[] = {
    {"Keys", &kKeyList, kRequired},
    {"AttributesToGet", &kAttributeNameList},
    {"ConsistentRead", &kBoolean},
    {"ProjectionExpression", &kString},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
};
constexpr Shape kKeysAndAttributes = structure("KeysAndAttributes", kKeysAndAttributesMembers);
constexpr Shape kBatchGetRequestMap = own_words(map_of(&kKeysAndAttributes, {1, 100}, &kTableName));
constexpr Member kBatchGetItemInputMembers[] = {
    {"RequestItems", &kBatchGetRequestMap, kRequired},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
};
constexpr Shape kBatchGetItemInput = structure("BatchGetItemInput", kBatchGetItemInputMembers);

// --- BatchWriteItem ---
constexpr Member kPutRequestMembers[] = {
    {"Item", &kAttributes, kRequired},
};
constexpr Shape kPutRequest = structure("PutRequest", kPutRequestMembers);
constexpr Member kDeleteRequestMembers[] = {
    {"Key", &kAttributes, kRequired},
};
constexpr Shape kDeleteRequest = structure("DeleteRequest", kDeleteRequestMembers);
constexpr Member kWriteRequestMembers[] = {
    {"PutRequest", &kPutRequest},
    {"DeleteRequest", &kDeleteRequest},
};
constexpr Shape kWriteRequest = structure("WriteRequest", kWriteRequestMembers);
constexpr Shape kWriteRequests = list_of(&kWriteRequest, {1, 25});
constexpr Shape kBatchWriteItemRequestMap = own_words(map_of(&kWriteRequests, {1, 25}, &kTableName));
constexpr Member kBatchWriteItemInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"RequestItems", &kBatchWriteItemRequestMap, kRequired},
};
constexpr Shape kBatchWriteItemInput = structure("BatchWriteItemInput", kBatchWriteItemInputMembers);

// --- TransactGetItems ---
constexpr Member kGetMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"Key", &kAttributes, kRequired},
    {"ProjectionExpression", &kString},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
};
constexpr Shape kGet = structure("Get", kGetMembers);
constexpr Member kTransactGetItemMembers[] = {
    {"Get", &kGet, kRequired},
};
constexpr Shape kTransactGetItem = structure("TransactGetItem", kTransactGetItemMembers);
constexpr Shape kTransactGetItemList = list_of(&kTransactGetItem, {1, 100});
constexpr Member kTransactGetItemsInputMembers[] = {
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"TransactItems", &kTransactGetItemList, kRequired},
};
constexpr Shape kTransactGetItemsInput = structure("TransactGetItemsInput", kTransactGetItemsInputMembers);

// --- TransactWriteItems ---
constexpr Member kConditionCheckMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"Key", &kAttributes, kRequired},
    {"ConditionExpression", &kString, kRequired},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kAttributes},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kConditionCheck = structure("ConditionCheck", kConditionCheckMembers);
constexpr Member kPutMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"Item", &kAttributes, kRequired},
    {"ConditionExpression", &kString},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kAttributes},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kPut = structure("Put", kPutMembers);
constexpr Member kDeleteMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"Key", &kAttributes, kRequired},
    {"ConditionExpression", &kString},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kAttributes},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kDelete = structure("Delete", kDeleteMembers);
constexpr Member kUpdateMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"Key", &kAttributes, kRequired},
    {"UpdateExpression", &kString, kRequired},
    {"ConditionExpression", &kString},
    {"ExpressionAttributeNames", &kExpressionAttributeNameMap},
    {"ExpressionAttributeValues", &kAttributes},
    {"ReturnValuesOnConditionCheckFailure", &kReturnValuesOnConditionCheckFailure},
};
constexpr Shape kUpdate = structure("Update", kUpdateMembers);
constexpr Member kTransactWriteItemMembers[] = {
    {"ConditionCheck", &kConditionCheck},
    {"Put", &kPut},
    {"Delete", &kDelete},
    {"Update", &kUpdate},
};
constexpr Shape kTransactWriteItem = structure("TransactWriteItem", kTransactWriteItemMembers);
constexpr Shape kTransactWriteItemList = list_of(&kTransactWriteItem, {1, 100});
constexpr Member kTransactWriteItemsInputMembers[] = {
    {"ClientRequestToken", &kClientRequestToken},
    {"ReturnConsumedCapacity", &kReturnConsumedCapacity},
    {"ReturnItemCollectionMetrics", &kReturnItemCollectionMetrics},
    {"TransactItems", &kTransactWriteItemList, kRequired},
};
constexpr Shape kTransactWriteItemsInput =
    structure("TransactWriteItemsInput", kTransactWriteItemsInputMembers);

constexpr Operation kOperations[] = {
    {"PutItem", &kPutItemInput},
    {"GetItem", &kGetItemInput},
    {"UpdateItem", &kUpdateItemInput},
    {"DeleteItem", &kDeleteItemInput},
    {"BatchGetItem", &kBatchGetItemInput},
    {"BatchWriteItem", &kBatchWriteItemInput},
    {"TransactGetItems", &kTransactGetItemsInput},
    {"TransactWriteItems", &kTransactWriteItemsInput},
};

}  // namespace

std::span<const Operation> item_operations() {
  return kOperations;
}

}  // namespace gyre::api::model
