// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gmock/gmock.h>

#include <string>
#include <string_view>

#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kMissing = R"({"TableName":"missing"})";
constexpr std::string_view kOne = R"({"TableName":"one"})";

class Settings : public testing::Test {
 protected:
  Settings() { region_.create_table("one"); }

  std::string update_recovery(std::string_view specification) {
    return region_.call(
        "UpdateContinuousBackups",
        fmt::format(R"({{"TableName":"one","PointInTimeRecoverySpecification":{}}})", specification));
  }
  static std::string backups(std::string_view recovery) {
    return normal_json(fmt::format(R"({{"ContinuousBackupsDescription":{{"ContinuousBackupsStatus":"ENABLED",
                                      "PointInTimeRecoveryDescription":{{{}}}}}}})",
                                   recovery));
  }
  std::string described() { return normal_json(region_.call("DescribeContinuousBackups", kOne)); }

  TestRegion region_;
};

constexpr std::string_view kDisabled = R"("PointInTimeRecoveryStatus":"DISABLED")";

std::string enabled(int days) {
  return fmt::format(R"("PointInTimeRecoveryStatus":"ENABLED","RecoveryPeriodInDays":{})", days);
}

TEST_F(Settings, RecoveryIsKeptAndDescribed) {
  EXPECT_EQ(described(), backups(kDisabled));
  EXPECT_EQ(normal_json(update_recovery(R"({"PointInTimeRecoveryEnabled":true})")), backups(enabled(35)));
  EXPECT_EQ(described(), backups(enabled(35)));
  update_recovery(R"({"PointInTimeRecoveryEnabled":true,"RecoveryPeriodInDays":7})");
  EXPECT_EQ(described(), backups(enabled(7)));
  update_recovery(R"({"PointInTimeRecoveryEnabled":true})");
  EXPECT_EQ(described(), backups(enabled(7)));
}

TEST_F(Settings, RecoveryThatIsDisabledForgetsItsPeriod) {
  update_recovery(R"({"PointInTimeRecoveryEnabled":true,"RecoveryPeriodInDays":7})");
  EXPECT_EQ(normal_json(update_recovery(R"({"PointInTimeRecoveryEnabled":false})")), backups(kDisabled));
  EXPECT_EQ(described(), backups(kDisabled));
  EXPECT_EQ(normal_json(update_recovery(R"({"PointInTimeRecoveryEnabled":false})")), backups(kDisabled));
  update_recovery(R"({"PointInTimeRecoveryEnabled":true})");
  EXPECT_EQ(described(), backups(enabled(35)));
}

TEST_F(Settings, RecoveryGoesWithItsTable) {
  update_recovery(R"({"PointInTimeRecoveryEnabled":true})");
  region_.call("DeleteTable", kOne);
  region_.create_table("one");
  EXPECT_EQ(described(), backups(kDisabled));
}

TEST_F(Settings, OperationsOnBackupsHaveTheirOwnWordsForAMissingTable) {
  region_.expect("DescribeContinuousBackups", kMissing, "table_not_found: Table not found: missing");
  region_.expect(
      "UpdateContinuousBackups",
      R"({"TableName":"missing","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true}})",
      "table_not_found: Table not found: missing");
}

TEST_F(Settings, RestoringSaysThatItIsNotBuilt) {
  EXPECT_THAT(
      region_.call("RestoreTableToPointInTime",
                   R"({"SourceTableName":"one","TargetTableName":"two","UseLatestRestorableTime":true})"),
      HasSubstr("Gyre does not have this operation yet"));
}

TEST_F(Settings, ContributorInsightsAreNeverEnabled) {
  constexpr std::string_view kAnswer = R"({"TableName":"one","ContributorInsightsStatus":"DISABLED"})";
  region_.expect("DescribeContributorInsights", kOne, kAnswer);
  region_.expect("UpdateContributorInsights", R"({"TableName":"one","ContributorInsightsAction":"DISABLE"})",
                 kAnswer);
  region_.expect("UpdateContributorInsights", R"({"TableName":"one","ContributorInsightsAction":"ENABLE"})",
                 "validation: Gyre: contributor insights are not supported yet");
  region_.expect("ListContributorInsights", "{}", R"({"ContributorInsightsSummaries":[]})");
  region_.expect("ListContributorInsights", kOne, R"({"ContributorInsightsSummaries":[]})");
  for (const std::string_view operation : {"DescribeContributorInsights", "ListContributorInsights"}) {
    EXPECT_THAT(region_.call(operation, kMissing),
                StartsWith("resource_not_found: Requested resource not found"));
  }
  region_.expect("DescribeContributorInsights", R"({"TableName":"one","IndexName":"none"})",
                 "resource_not_found: Requested resource not found: Index: none not found for table: one");
}

TEST_F(Settings, ATableHasNoKinesisDestinations) {
  region_.expect("DescribeKinesisStreamingDestination", kOne,
                 R"({"TableName":"one","KinesisDataStreamDestinations":[]})");
  EXPECT_THAT(region_.call("DescribeKinesisStreamingDestination", kMissing),
              StartsWith("resource_not_found: Requested resource not found: Table: missing not found"));
}

TEST_F(Settings, NothingHasAResourcePolicy) {
  const std::string table = "arn:aws:dynamodb:eu-west-1:000000000000:table/one";
  const auto policy = [&](std::string_view operation, const std::string& arn, std::string_view more = "") {
    return region_.call(operation, fmt::format(R"({{"ResourceArn":"{}"{}}})", arn, more));
  };
  const std::string none = "policy_not_found: Resource-based policy not found for the provided ResourceArn: ";
  EXPECT_EQ(policy("GetResourcePolicy", table), none + table);
  EXPECT_EQ(policy("DeleteResourcePolicy", table), "{}");
  EXPECT_EQ(policy("DeleteResourcePolicy", table, R"(,"ExpectedRevisionId":"1")"), none + table);
  EXPECT_THAT(policy("PutResourcePolicy", table, R"(,"Policy":"{}")"),
              HasSubstr("Gyre does not have this operation yet"));
}

TEST_F(Settings, PoliciesAreOfTablesAndStreamsThatAreThere) {
  const std::string prefix = "arn:aws:dynamodb:eu-west-1:000000000000:table/";
  const auto get = [&](const std::string& arn) {
    return region_.call("GetResourcePolicy", fmt::format(R"({{"ResourceArn":"{}"}})", arn));
  };
  region_.call("UpdateTable", R"({"TableName":"one","StreamSpecification":
      {"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})");
  const std::string label = region_.store().catalog().snapshot()->find("one")->schema.streams.back().label;
  EXPECT_THAT(get(prefix + "one/stream/" + label), StartsWith("policy_not_found: "));
  EXPECT_EQ(get(prefix + "one/stream/other"),
            "resource_not_found: Requested resource not found: Stream: other not found for Table: one");
  EXPECT_EQ(get(prefix + "missing"),
            "resource_not_found: Requested resource not found: Table: missing not found");
  EXPECT_EQ(get("one"),
            "validation: One or more parameter values were invalid: ARNs must start with 'arn:': one");
  for (const std::string& arn : {prefix + "one/index/by_g", std::string("arn:aws:s3:::one"), prefix + "a"}) {
    EXPECT_EQ(get(arn),
              "validation: One or more parameter values were invalid: Invalid resource Arn: " + arn);
  }
}

TEST_F(Settings, ReplicasDoNotScaleByThemselves) {
  region_.replicate("one");
  constexpr std::string_view kOff = R"({"AutoScalingDisabled":true,"ScalingPolicies":[]})";
  const auto replica = [&](std::string_view name, std::string_view status) {
    return fmt::format(R"({{"RegionName":"{}","GlobalSecondaryIndexes":[],"ReplicaStatus":"{}",
                           "ReplicaProvisionedReadCapacityAutoScalingSettings":{},
                           "ReplicaProvisionedWriteCapacityAutoScalingSettings":{}}})",
                       name, status, kOff, kOff);
  };
  const std::string answer = fmt::format(
      R"({{"TableAutoScalingDescription":{{"TableName":"one","TableStatus":"ACTIVE","Replicas":[{},{}]}}}})",
      replica("eu-west-1", "ACTIVE"), replica("us-east-1", "CREATING"));
  region_.expect("DescribeTableReplicaAutoScaling", kOne, answer);
  region_.expect(
      "UpdateTableReplicaAutoScaling",
      R"({"TableName":"one","ProvisionedWriteCapacityAutoScalingUpdate":{"AutoScalingDisabled":true}})",
      answer);
  for (
      const std::string_view update :
      {R"("ProvisionedWriteCapacityAutoScalingUpdate":{"MinimumUnits":1})",
       R"("ReplicaUpdates":[{"RegionName":"us-east-1","ReplicaProvisionedReadCapacityAutoScalingUpdate":{}}])",
       R"("GlobalSecondaryIndexUpdates":[{"ProvisionedWriteCapacityAutoScalingUpdate":{"MaximumUnits":9}}])"}) {
    region_.expect("UpdateTableReplicaAutoScaling", fmt::format(R"({{"TableName":"one",{}}})", update),
                   "validation: Gyre: auto scaling is not supported yet");
  }
}

TEST_F(Settings, AutoScalingIsOfGlobalTablesAlone) {
  for (const std::string_view operation :
       {"DescribeTableReplicaAutoScaling", "UpdateTableReplicaAutoScaling"}) {
    region_.expect(operation, kOne, "resource_not_found: Global table with name: 'one' does not exist.");
    region_.expect(operation, kMissing,
                   "resource_not_found: Global table with name: 'missing' does not exist.");
  }
}

// Measured on AWS in 2026, where nobody has them any more.
TEST_F(Settings, GlobalTablesOf2017AreAnsweredAsAwsAnswersToday) {
  constexpr std::string_view kRefused =
      "validation: One or more parameter values were invalid: DynamoDB global tables version 2017.11.29 is "
      "not "
      "supported. We recommend using DynamoDB global tables version 2019.11.21, instead of version "
      "2017.11.29 "
      "(Legacy).";
  constexpr std::string_view kNotFound =
      "global_table_not_found: Global table not found: Global table with name: 'one' does not exist.";
  constexpr std::string_view kNoSettings =
      "global_table_not_found: Global table with name: 'one' does not exist.";
  region_.replicate("one");  // of 2019: not among those of 2017
  const RequestCase cases[] = {
      {"ListGlobalTables", "{}", R"({"GlobalTables":[]})"},
      {"ListGlobalTables", R"({"RegionName":"us-east-1","Limit":1})", R"({"GlobalTables":[]})"},
      {"CreateGlobalTable", R"({"GlobalTableName":"one","ReplicationGroup":[{"RegionName":"us-east-1"}]})",
       kRefused},
      {"DescribeGlobalTable", R"({"GlobalTableName":"one"})", kNotFound},
      {"UpdateGlobalTable", R"({"GlobalTableName":"one","ReplicaUpdates":[{"Create":{"RegionName":"a"}}]})",
       kRefused},
      {"UpdateGlobalTable", R"({"GlobalTableName":"one","ReplicaUpdates":[{"Delete":{"RegionName":"a"}}]})",
       kNotFound},
      {"UpdateGlobalTable", R"({"GlobalTableName":"one","ReplicaUpdates":[]})",
       "validation: One or more parameter values were invalid"},
      {"DescribeGlobalTableSettings", R"({"GlobalTableName":"one"})", kNoSettings},
      {"UpdateGlobalTableSettings", R"({"GlobalTableName":"one","GlobalTableBillingMode":"PROVISIONED"})",
       kNoSettings},
  };
  for (const RequestCase& one : cases) region_.expect(one.operation, one.body, one.answer);
}

}  // namespace
}  // namespace gyre::operations
