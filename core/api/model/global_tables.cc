// SPDX-License-Identifier: Apache-2.0
#include "core/api/model/shapes.h"

// Global tables of 2017, and the capacity of replicas. (Those of 2019 are UpdateTable's.)
//
// Source: botocore 1.29 (Debian's python3-botocore). Rows marked SDK are from the schemas of
// @aws-sdk/client-dynamodb 3.1169, which has no ranges, lengths and patterns.
namespace gyre::api::model {
namespace {

// --- CreateGlobalTable ---
constexpr Member kReplicaMembers[] = {
    {"RegionName", &kString},
};
constexpr Shape kReplica = structure("Replica", kReplicaMembers);
constexpr Shape kReplicaList = list_of(&kReplica);
constexpr Member kCreateGlobalTableInputMembers[] = {
    {"GlobalTableName", &kTableName, kRequired},
    {"ReplicationGroup", &kReplicaList, kRequired},
};
constexpr Shape kCreateGlobalTableInput = structure("CreateGlobalTableInput", kCreateGlobalTableInputMembers);

// --- UpdateGlobalTable ---
constexpr Member kCreateReplicaActionMembers[] = {
    {"RegionName", &kString, kRequired},
};
constexpr Shape kCreateReplicaAction = structure("CreateReplicaAction", kCreateReplicaActionMembers);
constexpr Member kDeleteReplicaActionMembers[] = {
    {"RegionName", &kString, kRequired},
};
constexpr Shape kDeleteReplicaAction = structure("DeleteReplicaAction", kDeleteReplicaActionMembers);
constexpr Member kReplicaUpdateMembers[] = {
    {"Create", &kCreateReplicaAction},
    {"Delete", &kDeleteReplicaAction},
};
constexpr Shape kReplicaUpdate = structure("ReplicaUpdate", kReplicaUpdateMembers);
constexpr Shape kReplicaUpdateList = list_of(&kReplicaUpdate);
constexpr Member kUpdateGlobalTableInputMembers[] = {
    {"GlobalTableName", &kTableName, kRequired},
    {"ReplicaUpdates", &kReplicaUpdateList, kRequired},
};
constexpr Shape kUpdateGlobalTableInput = structure("UpdateGlobalTableInput", kUpdateGlobalTableInputMembers);

// --- DescribeGlobalTable ---
constexpr Member kDescribeGlobalTableInputMembers[] = {
    {"GlobalTableName", &kTableName, kRequired},
};
constexpr Shape kDescribeGlobalTableInput =
    structure("DescribeGlobalTableInput", kDescribeGlobalTableInputMembers);

// --- ListGlobalTables ---
constexpr Member kListGlobalTablesInputMembers[] = {
    {"ExclusiveStartGlobalTableName", &kTableName},
    {"Limit", &kPositiveIntegerObject},
    {"RegionName", &kString},
};
constexpr Shape kListGlobalTablesInput = structure("ListGlobalTablesInput", kListGlobalTablesInputMembers);

// --- DescribeGlobalTableSettings ---
constexpr Member kDescribeGlobalTableSettingsInputMembers[] = {
    {"GlobalTableName", &kTableName, kRequired},
};
constexpr Shape kDescribeGlobalTableSettingsInput =
    structure("DescribeGlobalTableSettingsInput", kDescribeGlobalTableSettingsInputMembers);

// --- UpdateGlobalTableSettings ---
constexpr Shape kAutoScalingRoleArn =
    text({1, 1600}, R"([\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*)");
constexpr Member kAutoScalingTargetTrackingScalingPolicyConfigurationUpdateMembers[] = {
    {"TargetValue", &kDouble, kRequired},
    {"DisableScaleIn", &kBoolean},
    {"ScaleInCooldown", &kInteger},
    {"ScaleOutCooldown", &kInteger},
};
constexpr Shape kAutoScalingTargetTrackingScalingPolicyConfigurationUpdate =
    structure("AutoScalingTargetTrackingScalingPolicyConfigurationUpdate",
              kAutoScalingTargetTrackingScalingPolicyConfigurationUpdateMembers);
constexpr Shape kAutoScalingPolicyName = text({1, 256}, R"(\p{Print}+)");
constexpr Member kAutoScalingPolicyUpdateMembers[] = {
    {"TargetTrackingScalingPolicyConfiguration", &kAutoScalingTargetTrackingScalingPolicyConfigurationUpdate,
     kRequired},
    {"PolicyName", &kAutoScalingPolicyName},
};
constexpr Shape kAutoScalingPolicyUpdate =
    structure("AutoScalingPolicyUpdate", kAutoScalingPolicyUpdateMembers);
constexpr Member kAutoScalingSettingsUpdateMembers[] = {
    {"MinimumUnits", &kPositiveLongObject},
    {"MaximumUnits", &kPositiveLongObject},
    {"AutoScalingDisabled", &kBoolean},
    {"AutoScalingRoleArn", &kAutoScalingRoleArn},
    {"ScalingPolicyUpdate", &kAutoScalingPolicyUpdate},
};
constexpr Shape kAutoScalingSettingsUpdate =
    structure("AutoScalingSettingsUpdate", kAutoScalingSettingsUpdateMembers);
constexpr Member kGlobalTableGlobalSecondaryIndexSettingsUpdateMembers[] = {
    {"IndexName", &kIndexName, kRequired},
    {"ProvisionedWriteCapacityUnits", &kPositiveLongObject},
    {"ProvisionedWriteCapacityAutoScalingSettingsUpdate", &kAutoScalingSettingsUpdate},
};
constexpr Shape kGlobalTableGlobalSecondaryIndexSettingsUpdate = structure(
    "GlobalTableGlobalSecondaryIndexSettingsUpdate", kGlobalTableGlobalSecondaryIndexSettingsUpdateMembers);
constexpr Shape kGlobalTableGlobalSecondaryIndexSettingsUpdateList =
    list_of(&kGlobalTableGlobalSecondaryIndexSettingsUpdate, {1, 20});
constexpr Member kReplicaGlobalSecondaryIndexSettingsUpdateMembers[] = {
    {"IndexName", &kIndexName, kRequired},
    {"ProvisionedReadCapacityUnits", &kPositiveLongObject},
    {"ProvisionedReadCapacityAutoScalingSettingsUpdate", &kAutoScalingSettingsUpdate},
};
constexpr Shape kReplicaGlobalSecondaryIndexSettingsUpdate =
    structure("ReplicaGlobalSecondaryIndexSettingsUpdate", kReplicaGlobalSecondaryIndexSettingsUpdateMembers);
constexpr Shape kReplicaGlobalSecondaryIndexSettingsUpdateList =
    list_of(&kReplicaGlobalSecondaryIndexSettingsUpdate, {1, 20});
constexpr Member kReplicaSettingsUpdateMembers[] = {
    {"RegionName", &kString, kRequired},
    {"ReplicaProvisionedReadCapacityUnits", &kPositiveLongObject},
    {"ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate", &kAutoScalingSettingsUpdate},
    {"ReplicaGlobalSecondaryIndexSettingsUpdate", &kReplicaGlobalSecondaryIndexSettingsUpdateList},
    {"ReplicaTableClass", &kTableClass},
};
constexpr Shape kReplicaSettingsUpdate = structure("ReplicaSettingsUpdate", kReplicaSettingsUpdateMembers);
constexpr Shape kReplicaSettingsUpdateList = list_of(&kReplicaSettingsUpdate, {1, 50});
constexpr Member kUpdateGlobalTableSettingsInputMembers[] = {
    {"GlobalTableName", &kTableName, kRequired},
    {"GlobalTableBillingMode", &kBillingMode},
    {"GlobalTableProvisionedWriteCapacityUnits", &kPositiveLongObject},
    {"GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate", &kAutoScalingSettingsUpdate},
    {"GlobalTableGlobalSecondaryIndexSettingsUpdate", &kGlobalTableGlobalSecondaryIndexSettingsUpdateList},
    {"ReplicaSettingsUpdate", &kReplicaSettingsUpdateList},
};
constexpr Shape kUpdateGlobalTableSettingsInput =
    structure("UpdateGlobalTableSettingsInput", kUpdateGlobalTableSettingsInputMembers);

// --- DescribeTableReplicaAutoScaling ---
constexpr Member kDescribeTableReplicaAutoScalingInputMembers[] = {
    {"TableName", &kTableName, kRequired},
};
constexpr Shape kDescribeTableReplicaAutoScalingInput =
    structure("DescribeTableReplicaAutoScalingInput", kDescribeTableReplicaAutoScalingInputMembers);

// --- UpdateTableReplicaAutoScaling ---
constexpr Member kGlobalSecondaryIndexAutoScalingUpdateMembers[] = {
    {"IndexName", &kIndexName},
    {"ProvisionedWriteCapacityAutoScalingUpdate", &kAutoScalingSettingsUpdate},
};
constexpr Shape kGlobalSecondaryIndexAutoScalingUpdate =
    structure("GlobalSecondaryIndexAutoScalingUpdate", kGlobalSecondaryIndexAutoScalingUpdateMembers);
constexpr Shape kGlobalSecondaryIndexAutoScalingUpdateList =
    list_of(&kGlobalSecondaryIndexAutoScalingUpdate, at_least(1));
constexpr Member kReplicaGlobalSecondaryIndexAutoScalingUpdateMembers[] = {
    {"IndexName", &kIndexName},
    {"ProvisionedReadCapacityAutoScalingUpdate", &kAutoScalingSettingsUpdate},
};
constexpr Shape kReplicaGlobalSecondaryIndexAutoScalingUpdate = structure(
    "ReplicaGlobalSecondaryIndexAutoScalingUpdate", kReplicaGlobalSecondaryIndexAutoScalingUpdateMembers);
constexpr Shape kReplicaGlobalSecondaryIndexAutoScalingUpdateList =
    list_of(&kReplicaGlobalSecondaryIndexAutoScalingUpdate);
constexpr Member kReplicaAutoScalingUpdateMembers[] = {
    {"RegionName", &kString, kRequired},
    {"ReplicaGlobalSecondaryIndexUpdates", &kReplicaGlobalSecondaryIndexAutoScalingUpdateList},
    {"ReplicaProvisionedReadCapacityAutoScalingUpdate", &kAutoScalingSettingsUpdate},
};
constexpr Shape kReplicaAutoScalingUpdate =
    structure("ReplicaAutoScalingUpdate", kReplicaAutoScalingUpdateMembers);
constexpr Shape kReplicaAutoScalingUpdateList = list_of(&kReplicaAutoScalingUpdate, at_least(1));
constexpr Member kUpdateTableReplicaAutoScalingInputMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"GlobalSecondaryIndexUpdates", &kGlobalSecondaryIndexAutoScalingUpdateList},
    {"ProvisionedWriteCapacityAutoScalingUpdate", &kAutoScalingSettingsUpdate},
    {"ReplicaUpdates", &kReplicaAutoScalingUpdateList},
};
constexpr Shape kUpdateTableReplicaAutoScalingInput =
    structure("UpdateTableReplicaAutoScalingInput", kUpdateTableReplicaAutoScalingInputMembers);

constexpr Operation kOperations[] = {
    {"CreateGlobalTable", &kCreateGlobalTableInput},
    {"UpdateGlobalTable", &kUpdateGlobalTableInput},
    {"DescribeGlobalTable", &kDescribeGlobalTableInput},
    {"ListGlobalTables", &kListGlobalTablesInput},
    {"DescribeGlobalTableSettings", &kDescribeGlobalTableSettingsInput},
    {"UpdateGlobalTableSettings", &kUpdateGlobalTableSettingsInput},
    {"DescribeTableReplicaAutoScaling", &kDescribeTableReplicaAutoScalingInput},
    {"UpdateTableReplicaAutoScaling", &kUpdateTableReplicaAutoScalingInput},
};

}  // namespace

std::span<const Operation> global_table_operations() {
  return kOperations;
}

}  // namespace gyre::api::model
