// SPDX-License-Identifier: Apache-2.0
#include "core/api/model/shapes.h"

// Backups, and restoring from them.
//
// Source: botocore 1.29 (Debian's python3-botocore). Rows marked SDK are from the schemas of
// @aws-sdk/client-dynamodb 3.1169, which has no ranges, lengths and patterns.
namespace gyre::api::model {
namespace {

// --- CreateBackup ---
constexpr Shape kBackupName = text({3, 255}, R"([a-zA-Z0-9_.-]+)");
constexpr Member kCreateBackupInputMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"BackupName", &kBackupName, kRequired},
};
constexpr Shape kCreateBackupInput = structure("CreateBackupInput", kCreateBackupInputMembers);

// --- DescribeBackup ---
constexpr Shape kBackupArn = text({37, 1024});
constexpr Member kDescribeBackupInputMembers[] = {
    {"BackupArn", &kBackupArn, kRequired},
};
constexpr Shape kDescribeBackupInput = structure("DescribeBackupInput", kDescribeBackupInputMembers);

// --- ListBackups ---
constexpr Shape kBackupsInputLimit = whole({1, 100});
constexpr std::string_view kBackupTypeFilterValues[] = {"USER", "SYSTEM", "AWS_BACKUP", "ALL"};
constexpr Shape kBackupTypeFilter = one_of(kBackupTypeFilterValues);
constexpr Member kListBackupsInputMembers[] = {
    {"TableName", &kTableName},
    {"Limit", &kBackupsInputLimit},
    {"TimeRangeLowerBound", &kTimestamp},
    {"TimeRangeUpperBound", &kTimestamp},
    {"ExclusiveStartBackupArn", &kBackupArn},
    {"BackupType", &kBackupTypeFilter},
};
constexpr Shape kListBackupsInput = structure("ListBackupsInput", kListBackupsInputMembers);

// --- DeleteBackup ---
constexpr Member kDeleteBackupInputMembers[] = {
    {"BackupArn", &kBackupArn, kRequired},
};
constexpr Shape kDeleteBackupInput = structure("DeleteBackupInput", kDeleteBackupInputMembers);

// --- RestoreTableFromBackup ---
constexpr Member kRestoreTableFromBackupInputMembers[] = {
    {"TargetTableName", &kTableName, kRequired},
    {"BackupArn", &kBackupArn, kRequired},
    {"BillingModeOverride", &kBillingMode},
    {"GlobalSecondaryIndexOverride", &kGlobalSecondaryIndexList},
    {"LocalSecondaryIndexOverride", &kLocalSecondaryIndexList},
    {"ProvisionedThroughputOverride", &kProvisionedThroughput},
    {"OnDemandThroughputOverride", &kOnDemandThroughput},  // SDK
    {"SSESpecificationOverride", &kSSESpecification},
    {"VectorIndexOverride", &kVectorIndexList},  // SDK
};
constexpr Shape kRestoreTableFromBackupInput =
    structure("RestoreTableFromBackupInput", kRestoreTableFromBackupInputMembers);

// --- RestoreTableToPointInTime ---
constexpr Member kRestoreTableToPointInTimeInputMembers[] = {
    {"TargetTableName", &kTableName, kRequired},
    {"SourceTableArn", &kString},
    {"SourceTableName", &kTableName},
    {"UseLatestRestorableTime", &kBoolean},
    {"RestoreDateTime", &kTimestamp},
    {"BillingModeOverride", &kBillingMode},
    {"GlobalSecondaryIndexOverride", &kGlobalSecondaryIndexList},
    {"LocalSecondaryIndexOverride", &kLocalSecondaryIndexList},
    {"ProvisionedThroughputOverride", &kProvisionedThroughput},
    {"OnDemandThroughputOverride", &kOnDemandThroughput},  // SDK
    {"SSESpecificationOverride", &kSSESpecification},
    {"VectorIndexOverride", &kVectorIndexList},  // SDK
};
constexpr Shape kRestoreTableToPointInTimeInput =
    structure("RestoreTableToPointInTimeInput", kRestoreTableToPointInTimeInputMembers);

// --- DescribeContinuousBackups ---
constexpr Member kDescribeContinuousBackupsInputMembers[] = {
    {"TableName", &kTableName, kRequired},
};
constexpr Shape kDescribeContinuousBackupsInput =
    structure("DescribeContinuousBackupsInput", kDescribeContinuousBackupsInputMembers);

// --- UpdateContinuousBackups ---
constexpr Member kPointInTimeRecoverySpecificationMembers[] = {
    {"PointInTimeRecoveryEnabled", &kBoolean, kRequired}, {"RecoveryPeriodInDays", &kInteger},  // SDK
};
constexpr Shape kPointInTimeRecoverySpecification =
    structure("PointInTimeRecoverySpecification", kPointInTimeRecoverySpecificationMembers);
constexpr Member kUpdateContinuousBackupsInputMembers[] = {
    {"TableName", &kTableName, kRequired},
    {"PointInTimeRecoverySpecification", &kPointInTimeRecoverySpecification, kRequired},
};
constexpr Shape kUpdateContinuousBackupsInput =
    structure("UpdateContinuousBackupsInput", kUpdateContinuousBackupsInputMembers);

constexpr Operation kOperations[] = {
    {"CreateBackup", &kCreateBackupInput},
    {"DescribeBackup", &kDescribeBackupInput},
    {"ListBackups", &kListBackupsInput},
    {"DeleteBackup", &kDeleteBackupInput},
    {"RestoreTableFromBackup", &kRestoreTableFromBackupInput},
    {"RestoreTableToPointInTime", &kRestoreTableToPointInTimeInput},
    {"DescribeContinuousBackups", &kDescribeContinuousBackupsInput},
    {"UpdateContinuousBackups", &kUpdateContinuousBackupsInput},
};

}  // namespace

std::span<const Operation> backup_operations() {
  return kOperations;
}

}  // namespace gyre::api::model
