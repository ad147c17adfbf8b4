// SPDX-License-Identifier: Apache-2.0
#include "core/api/model/shapes.h"

// Settings of a table that have operations of their own: insights, Kinesis, policies.
//
// Source: botocore 1.29 (Debian's python3-botocore). Rows marked SDK are from the schemas of
// @aws-sdk/client-dynamodb 3.1169, which has no ranges, lengths and patterns.
namespace gyre::api::model {
namespace {

// --- DescribeContributorInsights ---
constexpr Member kDescribeContributorInsightsInputMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"IndexName", &kIndexName},
};
constexpr Shape kDescribeContributorInsightsInput =
    structure("DescribeContributorInsightsInput", kDescribeContributorInsightsInputMembers);

// --- ListContributorInsights ---
constexpr Shape kListContributorInsightsLimit = whole(at_most(100));
constexpr Member kListContributorInsightsInputMembers[] = {
    {"TableName", &kTableName},
    {"NextToken", &kString},
    {"MaxResults", &kListContributorInsightsLimit},
};
constexpr Shape kListContributorInsightsInput =
    structure("ListContributorInsightsInput", kListContributorInsightsInputMembers);

// --- UpdateContributorInsights ---
constexpr std::string_view kContributorInsightsActionValues[] = {"ENABLE", "DISABLE"};
constexpr Shape kContributorInsightsAction = one_of(kContributorInsightsActionValues);
// SDK
constexpr std::string_view kContributorInsightsModeValues[] = {"ACCESSED_AND_THROTTLED_KEYS",
                                                               "THROTTLED_KEYS"};
constexpr Shape kContributorInsightsMode = one_of(kContributorInsightsModeValues);
constexpr Member kUpdateContributorInsightsInputMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"ContributorInsightsAction", &kContributorInsightsAction, kRequired},
    {"IndexName", &kIndexName},
    {"ContributorInsightsMode", &kContributorInsightsMode},  // SDK
};
constexpr Shape kUpdateContributorInsightsInput =
    structure("UpdateContributorInsightsInput", kUpdateContributorInsightsInputMembers);

// --- EnableKinesisStreamingDestination ---
constexpr Shape kStreamArn = text({37, 1024});
// SDK
constexpr std::string_view kApproximateCreationDateTimePrecisionValues[] = {"MICROSECOND", "MILLISECOND"};
constexpr Shape kApproximateCreationDateTimePrecision = one_of(kApproximateCreationDateTimePrecisionValues);
// SDK
constexpr Member kEnableKinesisStreamingConfigurationMembers[] = {
    {"ApproximateCreationDateTimePrecision", &kApproximateCreationDateTimePrecision},
};
constexpr Shape kEnableKinesisStreamingConfiguration =
    structure("EnableKinesisStreamingConfiguration", kEnableKinesisStreamingConfigurationMembers);
constexpr Member kKinesisStreamingDestinationInputMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"StreamArn", &kStreamArn, kRequired},
    {"EnableKinesisStreamingConfiguration", &kEnableKinesisStreamingConfiguration},  // SDK
};
constexpr Shape kKinesisStreamingDestinationInput =
    structure("KinesisStreamingDestinationInput", kKinesisStreamingDestinationInputMembers);

// --- DisableKinesisStreamingDestination ---

// --- DescribeKinesisStreamingDestination ---
constexpr Member kDescribeKinesisStreamingDestinationInputMembers[] = {
    {"TableName", &kTableName, kRequired},
};
constexpr Shape kDescribeKinesisStreamingDestinationInput =
    structure("DescribeKinesisStreamingDestinationInput", kDescribeKinesisStreamingDestinationInputMembers);

// --- UpdateKinesisStreamingDestination ---
// SDK
constexpr Member kUpdateKinesisStreamingConfigurationMembers[] = {
    {"ApproximateCreationDateTimePrecision", &kApproximateCreationDateTimePrecision},
};
constexpr Shape kUpdateKinesisStreamingConfiguration =
    structure("UpdateKinesisStreamingConfiguration", kUpdateKinesisStreamingConfigurationMembers);
// SDK
constexpr Member kUpdateKinesisStreamingDestinationInputMembers[] = {
    {"TableName", &kString, kRequired},
    {"StreamArn", &kString, kRequired},
    {"UpdateKinesisStreamingConfiguration", &kUpdateKinesisStreamingConfiguration},
};
constexpr Shape kUpdateKinesisStreamingDestinationInput =
    structure("UpdateKinesisStreamingDestinationInput", kUpdateKinesisStreamingDestinationInputMembers);

// --- GetResourcePolicy ---
// SDK
constexpr Member kGetResourcePolicyInputMembers[] = {
    {"ResourceArn", &kString, kRequired},
};
constexpr Shape kGetResourcePolicyInput = structure("GetResourcePolicyInput", kGetResourcePolicyInputMembers);

// --- PutResourcePolicy ---
// SDK
constexpr Member kPutResourcePolicyInputMembers[] = {
    {"ResourceArn", &kString, kRequired},
    {"Policy", &kString, kRequired},
    {"ExpectedRevisionId", &kString},
    {"ConfirmRemoveSelfResourceAccess", &kBoolean},
};
constexpr Shape kPutResourcePolicyInput = structure("PutResourcePolicyInput", kPutResourcePolicyInputMembers);

// --- DeleteResourcePolicy ---
// SDK
constexpr Member kDeleteResourcePolicyInputMembers[] = {
    {"ResourceArn", &kString, kRequired},
    {"ExpectedRevisionId", &kString},
};
constexpr Shape kDeleteResourcePolicyInput =
    structure("DeleteResourcePolicyInput", kDeleteResourcePolicyInputMembers);

constexpr Operation kOperations[] = {
    {"DescribeContributorInsights", &kDescribeContributorInsightsInput},
    {"ListContributorInsights", &kListContributorInsightsInput},
    {"UpdateContributorInsights", &kUpdateContributorInsightsInput},
    {"EnableKinesisStreamingDestination", &kKinesisStreamingDestinationInput},
    {"DisableKinesisStreamingDestination", &kKinesisStreamingDestinationInput},
    {"DescribeKinesisStreamingDestination", &kDescribeKinesisStreamingDestinationInput},
    {"UpdateKinesisStreamingDestination", &kUpdateKinesisStreamingDestinationInput},
    {"GetResourcePolicy", &kGetResourcePolicyInput},
    {"PutResourcePolicy", &kPutResourcePolicyInput},
    {"DeleteResourcePolicy", &kDeleteResourcePolicyInput},
};

}  // namespace

std::span<const Operation> setting_operations() {
  return kOperations;
}

}  // namespace gyre::api::model
