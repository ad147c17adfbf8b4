// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/api/model/notation.h"

// Shapes that several kinds of operations share.
//
// Source: botocore 1.29 (Debian's python3-botocore). Rows marked SDK are from the schemas of
// @aws-sdk/client-dynamodb 3.1169, which has no ranges, lengths and patterns.
namespace gyre::api::model {

/// What an item's attributes are: refers to itself, so it is defined in shapes.cc.
extern const Shape kAttributeValue;
/// `Item`, `Key`, `ExpressionAttributeValues`.
inline constexpr Shape kAttributes = map_of(&kAttributeValue);

/// Operations on items take an ARN in its place, and say of an empty name that it must have one character.
inline constexpr Shape kTableName = table_name(text({3, 255}, R"([a-zA-Z0-9_.-]+)"));
inline constexpr Shape kAttributeName = own_words(text(at_most(65535)));
inline constexpr std::string_view kComparisonOperatorValues[] = {
    "IN",       "NULL", "BETWEEN", "LT",          "NOT_CONTAINS", "EQ",      "GT",
    "NOT_NULL", "NE",   "LE",      "BEGINS_WITH", "GE",           "CONTAINS"};
inline constexpr Shape kComparisonOperator = one_of(kComparisonOperatorValues);
inline constexpr Shape kAttributeValueList = list_of(&kAttributeValue);
inline constexpr std::string_view kReturnConsumedCapacityValues[] = {"INDEXES", "TOTAL", "NONE"};
inline constexpr Shape kReturnConsumedCapacity = one_of(kReturnConsumedCapacityValues);
inline constexpr std::string_view kConditionalOperatorValues[] = {"OR", "AND"};
inline constexpr Shape kConditionalOperator = one_of(kConditionalOperatorValues);
inline constexpr Shape kExpressionAttributeNameMap = map_of(&kAttributeName);
// SDK
inline constexpr std::string_view kReturnValuesOnConditionCheckFailureValues[] = {"ALL_OLD", "NONE"};
inline constexpr Shape kReturnValuesOnConditionCheckFailure =
    one_of(kReturnValuesOnConditionCheckFailureValues);
inline constexpr Shape kAttributeNameList = list_of(&kAttributeName, at_least(1));
inline constexpr Shape kClientRequestToken = text({1, 36});
inline constexpr Shape kIndexName = text({3, 255}, R"([a-zA-Z0-9_.-]+)");
inline constexpr Shape kPositiveIntegerObject = whole(at_least(1));
inline constexpr Shape kKeySchemaAttributeName = text({1, 255});
inline constexpr std::string_view kScalarAttributeTypeValues[] = {"B", "N", "S"};
inline constexpr Shape kScalarAttributeType = one_of(kScalarAttributeTypeValues);
inline constexpr Member kAttributeDefinitionMembers[] = {
    {"AttributeName", &kKeySchemaAttributeName, kRequired},
    {"AttributeType", &kScalarAttributeType, kRequired},
};
inline constexpr Shape kAttributeDefinition = structure("AttributeDefinition", kAttributeDefinitionMembers);
inline constexpr Shape kAttributeDefinitions = list_of(&kAttributeDefinition);
inline constexpr std::string_view kKeyTypeValues[] = {"HASH", "RANGE"};
inline constexpr Shape kKeyType = one_of(kKeyTypeValues);
inline constexpr Member kKeySchemaElementMembers[] = {
    {"AttributeName", &kKeySchemaAttributeName, kRequired},
    {"KeyType", &kKeyType, kRequired},
};
inline constexpr Shape kKeySchemaElement =
    shown_by_members(structure("KeySchemaElement", kKeySchemaElementMembers));
inline constexpr Shape kKeySchema = list_of(&kKeySchemaElement, {1, 2});
/// An index has up to four attributes of either kind (reference, section 1); more of one kind is refused in
/// other words.
inline constexpr Shape kIndexKeySchema = list_of(&kKeySchemaElement, {1, 10});
inline constexpr std::string_view kProjectionTypeValues[] = {"ALL", "INCLUDE", "KEYS_ONLY"};
inline constexpr Shape kProjectionType = one_of(kProjectionTypeValues);
inline constexpr Shape kNonKeyAttributeName = text({1, 255});
inline constexpr Shape kNonKeyAttributeNameList = list_of(&kNonKeyAttributeName, {1, 20});
inline constexpr Member kProjectionMembers[] = {
    {"ProjectionType", &kProjectionType},
    {"NonKeyAttributes", &kNonKeyAttributeNameList},
};
inline constexpr Shape kProjection = structure("Projection", kProjectionMembers);
inline constexpr Member kLocalSecondaryIndexMembers[] = {
    {"IndexName", &kIndexName, kRequired},
    {"KeySchema", &kIndexKeySchema, kRequired},
    {"Projection", &kProjection, kRequired},
};
inline constexpr Shape kLocalSecondaryIndex = structure("LocalSecondaryIndex", kLocalSecondaryIndexMembers);
inline constexpr Shape kLocalSecondaryIndexList = list_of(&kLocalSecondaryIndex);
inline constexpr Shape kPositiveLongObject = whole_long(at_least(1));
inline constexpr Member kProvisionedThroughputMembers[] = {
    {"WriteCapacityUnits", &kPositiveLongObject, kRequired},
    {"ReadCapacityUnits", &kPositiveLongObject, kRequired},
};
inline constexpr Shape kProvisionedThroughput =
    structure("ProvisionedThroughput", kProvisionedThroughputMembers);
// SDK
inline constexpr Member kOnDemandThroughputMembers[] = {
    {"MaxReadRequestUnits", &kLong},
    {"MaxWriteRequestUnits", &kLong},
};
inline constexpr Shape kOnDemandThroughput = structure("OnDemandThroughput", kOnDemandThroughputMembers);
// SDK
inline constexpr Member kWarmThroughputMembers[] = {
    {"ReadUnitsPerSecond", &kLong},
    {"WriteUnitsPerSecond", &kLong},
};
inline constexpr Shape kWarmThroughput = structure("WarmThroughput", kWarmThroughputMembers);
inline constexpr Member kGlobalSecondaryIndexMembers[] = {
    {"IndexName", &kIndexName, kRequired},        {"KeySchema", &kIndexKeySchema, kRequired},
    {"Projection", &kProjection, kRequired},      {"ProvisionedThroughput", &kProvisionedThroughput},
    {"OnDemandThroughput", &kOnDemandThroughput},  // SDK
    {"WarmThroughput", &kWarmThroughput},          // SDK
};
inline constexpr Shape kGlobalSecondaryIndex =
    structure("GlobalSecondaryIndex", kGlobalSecondaryIndexMembers);
inline constexpr Shape kGlobalSecondaryIndexList = list_of(&kGlobalSecondaryIndex);
inline constexpr std::string_view kBillingModeValues[] = {"PROVISIONED", "PAY_PER_REQUEST"};
inline constexpr Shape kBillingMode = one_of(kBillingModeValues);
inline constexpr std::string_view kSSETypeValues[] = {"AES256", "KMS"};
inline constexpr Shape kSSEType = one_of(kSSETypeValues);
inline constexpr Member kSSESpecificationMembers[] = {
    {"Enabled", &kBoolean},
    {"SSEType", &kSSEType},
    {"KMSMasterKeyId", &kString},
};
inline constexpr Shape kSSESpecification = structure("SSESpecification", kSSESpecificationMembers);
inline constexpr std::string_view kTableClassValues[] = {"STANDARD", "STANDARD_INFREQUENT_ACCESS"};
inline constexpr Shape kTableClass = one_of(kTableClassValues);
// SDK
inline constexpr Member kVectorAttributeDefinitionMembers[] = {
    {"AttributeName", &kKeySchemaAttributeName, kRequired},
};
inline constexpr Shape kVectorAttributeDefinition =
    structure("VectorAttributeDefinition", kVectorAttributeDefinitionMembers);
// SDK
inline constexpr std::string_view kVectorDistanceFunctionValues[] = {"COSINE", "DOT_PRODUCT", "EUCLIDEAN"};
inline constexpr Shape kVectorDistanceFunction = one_of(kVectorDistanceFunctionValues);
// SDK
inline constexpr std::string_view kSearchSchemaElementTypeValues[] = {"HASH", "INLINE_FILTER"};
inline constexpr Shape kSearchSchemaElementType = one_of(kSearchSchemaElementTypeValues);
// SDK
inline constexpr Member kSearchSchemaElementMembers[] = {
    {"AttributeName", &kKeySchemaAttributeName, kRequired},
    {"SearchSchemaElementType", &kSearchSchemaElementType, kRequired},
};
inline constexpr Shape kSearchSchemaElement = structure("SearchSchemaElement", kSearchSchemaElementMembers);
inline constexpr Shape kSearchSchema = list_of(&kSearchSchemaElement);  // SDK
// SDK
inline constexpr Member kVectorIndexMembers[] = {
    {"IndexName", &kIndexName, kRequired},
    {"VectorAttribute", &kVectorAttributeDefinition, kRequired},
    {"Projection", &kProjection, kRequired},
    {"Dimensions", &kInteger, kRequired},
    {"DistanceFunction", &kVectorDistanceFunction, kRequired},
    {"SearchSchema", &kSearchSchema},
};
inline constexpr Shape kVectorIndex = structure("VectorIndex", kVectorIndexMembers);
inline constexpr Shape kVectorIndexList = list_of(&kVectorIndex);  // SDK

}  // namespace gyre::api::model
