// SPDX-License-Identifier: Apache-2.0
#include "core/api/model/shapes.h"

// Tables, their time to live and their tags.
//
// Source: botocore 1.29 (Debian's python3-botocore). Rows marked SDK are from the schemas of
// @aws-sdk/client-dynamodb 3.1169, which has no ranges, lengths and patterns.
namespace gyre::api::model {
namespace {

/// `TableName` where the control plane words what is wrong with it.
constexpr Shape kControlTableName = own_words(kTableName);

// --- CreateTable ---
constexpr std::string_view kStreamViewTypeValues[] = {"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE",
                                                      "NEW_AND_OLD_IMAGES"};
constexpr Shape kStreamViewType = one_of(kStreamViewTypeValues);
constexpr Member kStreamSpecificationMembers[] = {
    {"StreamEnabled", &kBoolean, kRequired},
    {"StreamViewType", &kStreamViewType},
};
constexpr Shape kStreamSpecification = structure("StreamSpecification", kStreamSpecificationMembers);
constexpr Shape kTagKeyString = own_words(text({1, 128}));
constexpr Shape kTagValueString = own_words(text({0, 256}));
constexpr Member kTagMembers[] = {
    {"Key", &kTagKeyString, kRequiredInOwnWords},
    {"Value", &kTagValueString, kRequiredInOwnWords},
};
constexpr Shape kTag = structure("Tag", kTagMembers);
constexpr Shape kTagList = list_of(&kTag);
// SDK
constexpr std::string_view kGlobalTableSettingsReplicationModeValues[] = {"DISABLED", "ENABLED",
                                                                          "ENABLED_WITH_OVERRIDES"};
constexpr Shape kGlobalTableSettingsReplicationMode = one_of(kGlobalTableSettingsReplicationModeValues);
constexpr Member kCreateTableInputMembers[] = {
    {"AttributeDefinitions", &kAttributeDefinitions, kRequired},
    {"TableName", &kTableName, kRequiredInOwnWords},
    {"KeySchema", &kKeySchema, kRequired},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"LocalSecondaryIndexes", &kLocalSecondaryIndexList},
    {"GlobalSecondaryIndexes", &kGlobalSecondaryIndexList},
    {"BillingMode", &kBillingMode},
    {"StreamSpecification", &kStreamSpecification},
    {"SSESpecification", &kSSESpecification},
    {"Tags", &kTagList},
    {"TableClass", &kTableClass},
    {"DeletionProtectionEnabled", &kBoolean},                                      // SDK
    {"WarmThroughput", &kWarmThroughput},                                          // SDK
    {"ResourcePolicy", &kString},                                                  // SDK
    {"OnDemandThroughput", &kOnDemandThroughput},                                  // SDK
    {"GlobalTableSourceArn", &kString},                                            // SDK
    {"GlobalTableSettingsReplicationMode", &kGlobalTableSettingsReplicationMode},  // SDK
    {"VectorIndexes", &kVectorIndexList},                                          // SDK
};
constexpr Shape kCreateTableInput = structure("CreateTableInput", kCreateTableInputMembers);

// --- UpdateTable ---
constexpr Member kUpdateGlobalSecondaryIndexActionMembers[] = {
    {"IndexName", &kIndexName, kRequired},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"OnDemandThroughput", &kOnDemandThroughput},  // SDK
    {"WarmThroughput", &kWarmThroughput},          // SDK
};
constexpr Shape kUpdateGlobalSecondaryIndexAction =
    structure("UpdateGlobalSecondaryIndexAction", kUpdateGlobalSecondaryIndexActionMembers);
constexpr Member kCreateGlobalSecondaryIndexActionMembers[] = {
    {"IndexName", &kIndexName, kRequired},        {"KeySchema", &kIndexKeySchema, kRequired},
    {"Projection", &kProjection, kRequired},      {"ProvisionedThroughput", &kProvisionedThroughput},
    {"OnDemandThroughput", &kOnDemandThroughput},  // SDK
    {"WarmThroughput", &kWarmThroughput},          // SDK
};
constexpr Shape kCreateGlobalSecondaryIndexAction =
    structure("CreateGlobalSecondaryIndexAction", kCreateGlobalSecondaryIndexActionMembers);
constexpr Member kDeleteGlobalSecondaryIndexActionMembers[] = {
    {"IndexName", &kIndexName, kRequired},
};
constexpr Shape kDeleteGlobalSecondaryIndexAction =
    structure("DeleteGlobalSecondaryIndexAction", kDeleteGlobalSecondaryIndexActionMembers);
constexpr Member kGlobalSecondaryIndexUpdateMembers[] = {
    {"Update", &kUpdateGlobalSecondaryIndexAction},
    {"Create", &kCreateGlobalSecondaryIndexAction},
    {"Delete", &kDeleteGlobalSecondaryIndexAction},
};
constexpr Shape kGlobalSecondaryIndexUpdate =
    structure("GlobalSecondaryIndexUpdate", kGlobalSecondaryIndexUpdateMembers);
constexpr Shape kGlobalSecondaryIndexUpdateList = list_of(&kGlobalSecondaryIndexUpdate);
constexpr Member kProvisionedThroughputOverrideMembers[] = {
    {"ReadCapacityUnits", &kPositiveLongObject},
};
constexpr Shape kProvisionedThroughputOverride =
    structure("ProvisionedThroughputOverride", kProvisionedThroughputOverrideMembers);
// SDK
constexpr Member kOnDemandThroughputOverrideMembers[] = {
    {"MaxReadRequestUnits", &kLong},
};
constexpr Shape kOnDemandThroughputOverride =
    structure("OnDemandThroughputOverride", kOnDemandThroughputOverrideMembers);
constexpr Member kReplicaGlobalSecondaryIndexMembers[] = {
    {"IndexName", &kIndexName, kRequired},
    {"ProvisionedThroughputOverride", &kProvisionedThroughputOverride},
    {"OnDemandThroughputOverride", &kOnDemandThroughputOverride},  // SDK
};
constexpr Shape kReplicaGlobalSecondaryIndex =
    structure("ReplicaGlobalSecondaryIndex", kReplicaGlobalSecondaryIndexMembers);
constexpr Shape kReplicaGlobalSecondaryIndexList = list_of(&kReplicaGlobalSecondaryIndex, at_least(1));
constexpr Member kCreateReplicationGroupMemberActionMembers[] = {
    {"RegionName", &kString, kRequired},
    {"KMSMasterKeyId", &kString},
    {"ProvisionedThroughputOverride", &kProvisionedThroughputOverride},
    {"OnDemandThroughputOverride", &kOnDemandThroughputOverride},  // SDK
    {"GlobalSecondaryIndexes", &kReplicaGlobalSecondaryIndexList},
    {"TableClassOverride", &kTableClass},
};
constexpr Shape kCreateReplicationGroupMemberAction =
    structure("CreateReplicationGroupMemberAction", kCreateReplicationGroupMemberActionMembers);
constexpr Member kUpdateReplicationGroupMemberActionMembers[] = {
    {"RegionName", &kString, kRequired},
    {"KMSMasterKeyId", &kString},
    {"ProvisionedThroughputOverride", &kProvisionedThroughputOverride},
    {"OnDemandThroughputOverride", &kOnDemandThroughputOverride},  // SDK
    {"GlobalSecondaryIndexes", &kReplicaGlobalSecondaryIndexList},
    {"TableClassOverride", &kTableClass},
};
constexpr Shape kUpdateReplicationGroupMemberAction =
    structure("UpdateReplicationGroupMemberAction", kUpdateReplicationGroupMemberActionMembers);
constexpr Member kDeleteReplicationGroupMemberActionMembers[] = {
    {"RegionName", &kString, kRequired},
};
constexpr Shape kDeleteReplicationGroupMemberAction =
    structure("DeleteReplicationGroupMemberAction", kDeleteReplicationGroupMemberActionMembers);
// SDK
constexpr std::string_view kDisassociationModeValues[] = {"WAIT_FOR_REPLICATION"};
constexpr Shape kDisassociationMode = one_of(kDisassociationModeValues);
// SDK
constexpr Member kDisassociateReplicationGroupMemberActionMembers[] = {
    {"RegionName", &kString, kRequired},
    {"DisassociationMode", &kDisassociationMode, kRequired},
};
constexpr Shape kDisassociateReplicationGroupMemberAction =
    structure("DisassociateReplicationGroupMemberAction", kDisassociateReplicationGroupMemberActionMembers);
constexpr Member kReplicationGroupUpdateMembers[] = {
    {"Create", &kCreateReplicationGroupMemberAction},
    {"Update", &kUpdateReplicationGroupMemberAction},
    {"Delete", &kDeleteReplicationGroupMemberAction},
    {"Disassociate", &kDisassociateReplicationGroupMemberAction},  // SDK
};
constexpr Shape kReplicationGroupUpdate = structure("ReplicationGroupUpdate", kReplicationGroupUpdateMembers);
constexpr Shape kReplicationGroupUpdateList = list_of(&kReplicationGroupUpdate, at_least(1));
// SDK
constexpr std::string_view kMultiRegionConsistencyValues[] = {"EVENTUAL", "STRONG"};
constexpr Shape kMultiRegionConsistency = one_of(kMultiRegionConsistencyValues);
// SDK
constexpr Member kCreateGlobalTableWitnessGroupMemberActionMembers[] = {
    {"RegionName", &kString, kRequired},
};
constexpr Shape kCreateGlobalTableWitnessGroupMemberAction =
    structure("CreateGlobalTableWitnessGroupMemberAction", kCreateGlobalTableWitnessGroupMemberActionMembers);
// SDK
constexpr Member kDeleteGlobalTableWitnessGroupMemberActionMembers[] = {
    {"RegionName", &kString, kRequired},
};
constexpr Shape kDeleteGlobalTableWitnessGroupMemberAction =
    structure("DeleteGlobalTableWitnessGroupMemberAction", kDeleteGlobalTableWitnessGroupMemberActionMembers);
// SDK
constexpr Member kGlobalTableWitnessGroupUpdateMembers[] = {
    {"Create", &kCreateGlobalTableWitnessGroupMemberAction},
    {"Delete", &kDeleteGlobalTableWitnessGroupMemberAction},
};
constexpr Shape kGlobalTableWitnessGroupUpdate =
    structure("GlobalTableWitnessGroupUpdate", kGlobalTableWitnessGroupUpdateMembers);
constexpr Shape kGlobalTableWitnessGroupUpdateList = list_of(&kGlobalTableWitnessGroupUpdate);  // SDK
// SDK
constexpr Member kCreateVectorIndexActionMembers[] = {
    {"IndexName", &kIndexName, kRequired},
    {"VectorAttribute", &kVectorAttributeDefinition, kRequired},
    {"Projection", &kProjection, kRequired},
    {"Dimensions", &kInteger, kRequired},
    {"DistanceFunction", &kVectorDistanceFunction, kRequired},
    {"SearchSchema", &kSearchSchema},
};
constexpr Shape kCreateVectorIndexAction =
    structure("CreateVectorIndexAction", kCreateVectorIndexActionMembers);
// SDK
constexpr Member kDeleteVectorIndexActionMembers[] = {
    {"IndexName", &kIndexName, kRequired},
};
constexpr Shape kDeleteVectorIndexAction =
    structure("DeleteVectorIndexAction", kDeleteVectorIndexActionMembers);
// SDK
constexpr Member kVectorIndexUpdateMembers[] = {
    {"Create", &kCreateVectorIndexAction},
    {"Delete", &kDeleteVectorIndexAction},
};
constexpr Shape kVectorIndexUpdate = structure("VectorIndexUpdate", kVectorIndexUpdateMembers);
constexpr Shape kVectorIndexUpdateList = list_of(&kVectorIndexUpdate);  // SDK
constexpr Member kUpdateTableInputMembers[] = {
    {"TableName", &kControlTableName, kRequiredInOwnWords},
    {"AttributeDefinitions", &kAttributeDefinitions},
    {"BillingMode", &kBillingMode},
    {"ProvisionedThroughput", &kProvisionedThroughput},
    {"GlobalSecondaryIndexUpdates", &kGlobalSecondaryIndexUpdateList},
    {"StreamSpecification", &kStreamSpecification},
    {"SSESpecification", &kSSESpecification},
    {"ReplicaUpdates", &kReplicationGroupUpdateList},
    {"TableClass", &kTableClass},
    {"DeletionProtectionEnabled", &kBoolean},                                      // SDK
    {"MultiRegionConsistency", &kMultiRegionConsistency},                          // SDK
    {"GlobalTableWitnessUpdates", &kGlobalTableWitnessGroupUpdateList},            // SDK
    {"OnDemandThroughput", &kOnDemandThroughput},                                  // SDK
    {"WarmThroughput", &kWarmThroughput},                                          // SDK
    {"GlobalTableSettingsReplicationMode", &kGlobalTableSettingsReplicationMode},  // SDK
    {"DisassociationProtectionEnabled", &kBoolean},                                // SDK
    {"VectorIndexUpdates", &kVectorIndexUpdateList},                               // SDK
};
constexpr Shape kUpdateTableInput = structure("UpdateTableInput", kUpdateTableInputMembers);

// --- DeleteTable ---
constexpr Member kDeleteTableInputMembers[] = {
    {"TableName", &kControlTableName, kRequiredInOwnWords},
};
constexpr Shape kDeleteTableInput = structure("DeleteTableInput", kDeleteTableInputMembers);

// --- DescribeTable ---
constexpr Member kDescribeTableInputMembers[] = {
    {"TableName", &kControlTableName, kRequiredInOwnWords},
};
constexpr Shape kDescribeTableInput = structure("DescribeTableInput", kDescribeTableInputMembers);

// --- ListTables ---
constexpr Shape kListTablesInputLimit = whole({1, 100});
constexpr Member kListTablesInputMembers[] = {
    {"ExclusiveStartTableName", &kTableName},
    {"Limit", &kListTablesInputLimit},
};
constexpr Shape kListTablesInput = structure("ListTablesInput", kListTablesInputMembers);

// --- DescribeLimits ---
constexpr Shape kDescribeLimitsInput = structure("DescribeLimitsInput", {});

// --- DescribeEndpoints ---
constexpr Shape kDescribeEndpointsRequest = structure("DescribeEndpointsRequest", {});

// --- UpdateTimeToLive ---
constexpr Shape kTimeToLiveAttributeName = text({1, 255});
constexpr Member kTimeToLiveSpecificationMembers[] = {
    {"AttributeName", &kTimeToLiveAttributeName, kRequired},
    {"Enabled", &kBoolean, kRequired},
};
constexpr Shape kTimeToLiveSpecification =
    structure("TimeToLiveSpecification", kTimeToLiveSpecificationMembers);
constexpr Member kUpdateTimeToLiveInputMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"TimeToLiveSpecification", &kTimeToLiveSpecification, kRequired},
};
constexpr Shape kUpdateTimeToLiveInput = structure("UpdateTimeToLiveInput", kUpdateTimeToLiveInputMembers);

// --- DescribeTimeToLive ---
constexpr Member kDescribeTimeToLiveInputMembers[] = {
    {"TableName", &kControlTableName, kRequiredInOwnWords},
};
constexpr Shape kDescribeTimeToLiveInput =
    structure("DescribeTimeToLiveInput", kDescribeTimeToLiveInputMembers);

// --- TagResource ---
constexpr Shape kResourceArnString = own_words(text({1, 1283}));
constexpr Member kTagResourceInputMembers[] = {
    {"ResourceArn", &kResourceArnString, kRequiredInOwnWords},
    {"Tags", &kTagList, kRequired},
};
constexpr Shape kTagResourceInput = structure("TagResourceInput", kTagResourceInputMembers);

// --- UntagResource ---
constexpr Shape kTagKeyList = list_of(&kTagKeyString);
constexpr Member kUntagResourceInputMembers[] = {
    {"ResourceArn", &kResourceArnString, kRequiredInOwnWords},
    {"TagKeys", &kTagKeyList, kRequired},
};
constexpr Shape kUntagResourceInput = structure("UntagResourceInput", kUntagResourceInputMembers);

// --- ListTagsOfResource ---
constexpr Member kListTagsOfResourceInputMembers[] = {
    {"ResourceArn", &kResourceArnString, kRequiredInOwnWords},
    {"NextToken", &kString},
};
constexpr Shape kListTagsOfResourceInput =
    structure("ListTagsOfResourceInput", kListTagsOfResourceInputMembers);

constexpr Operation kOperations[] = {
    {"CreateTable", &kCreateTableInput},
    {"UpdateTable", &kUpdateTableInput},
    {"DeleteTable", &kDeleteTableInput},
    {"DescribeTable", &kDescribeTableInput},
    {"ListTables", &kListTablesInput},
    {"DescribeLimits", &kDescribeLimitsInput},
    {"DescribeEndpoints", &kDescribeEndpointsRequest},
    {"UpdateTimeToLive", &kUpdateTimeToLiveInput},
    {"DescribeTimeToLive", &kDescribeTimeToLiveInput},
    {"TagResource", &kTagResourceInput},
    {"UntagResource", &kUntagResourceInput},
    {"ListTagsOfResource", &kListTagsOfResourceInput},
};

}  // namespace

std::span<const Operation> table_operations() {
  return kOperations;
}

}  // namespace gyre::api::model
