// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gmock/gmock.h>

#include <string>
#include <string_view>

#include "core/model/replica_control.h"
#include "core/operations/tables/encryption.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

using testing::HasSubstr;
using testing::Not;

const RegionId kHere("eu-west-1");
const RegionId kThere("us-east-1");

constexpr std::string_view kForEachReplica =
    "validation: One or more parameter values were invalid: KMSMasterKeyId must be specified for each "
    "replica.";
constexpr std::string_view kMixedKeys =
    "validation: One or more parameter values were invalid: All replica keys must either be Customer Managed "
    "CMK or AWS Managed CMK.";

std::string customer_key(const RegionId& region) {
  return fmt::format("arn:aws:kms:{}:000000000000:key/11111111-2222", region.name());
}

/// Accepts every change of replicas.
class AcceptingReplicas final : public ReplicaControl {
 public:
  void update_replicas(const std::string&, std::vector<ReplicaUpdate>, CompletionSink& sink,
                       std::function<void(Status)> done) override {
    sink.deliver({[done = std::move(done), this] { done(answer); }});
  }
  bool sourced_lately(const TableSchema&) const override { return false; }
  Status answer;
};

class EncryptionTest : public testing::Test {
 protected:
  std::string create(std::string_view specification) {
    return region_.call(
        "CreateTable",
        fmt::format(
            R"({{"TableName":"one","AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}],
                         "KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}],
                         "BillingMode":"PAY_PER_REQUEST","SSESpecification":{}}})",
            specification));
  }
  std::string update(std::string_view specification) {
    return region_.call("UpdateTable",
                        fmt::format(R"({{"TableName":"one","SSESpecification":{}}})", specification));
  }
  std::string update_replicas(std::string_view updates) {
    return region_.call("UpdateTable",
                        fmt::format(R"({{"TableName":"one","ReplicaUpdates":[{}]}})", updates));
  }
  std::string describe() { return region_.call("DescribeTable", R"({"TableName":"one"})"); }

  static std::string description(std::string_view status, std::string_view key) {
    return fmt::format(R"("SSEDescription":{{"Status":"{}","SSEType":"KMS","KMSMasterKeyArn":"{}"}})", status,
                       key);
  }

  AcceptingReplicas replicas_;
  TestRegion region_{&replicas_};
};

TEST_F(EncryptionTest, IsDescribedAtOnceOfANewTable) {
  EXPECT_THAT(create(R"({"Enabled":true})"), HasSubstr(description("ENABLED", managed_key_arn(kHere))));
  EXPECT_THAT(describe(), HasSubstr(description("ENABLED", managed_key_arn(kHere))));
}

TEST_F(EncryptionTest, IsNotDescribedOfATableThatDidNotAskForIt) {
  EXPECT_THAT(create(R"({"Enabled":false})"), Not(HasSubstr("SSE")));
  EXPECT_THAT(describe(), Not(HasSubstr("SSE")));
}

TEST_F(EncryptionTest, IsAskedForByATypeToo) {
  create(R"({"SSEType":"KMS","KMSMasterKeyId":"11111111-2222"})");
  EXPECT_THAT(describe(), HasSubstr(description("ENABLED", customer_key(kHere))));
}

TEST_F(EncryptionTest, IsNotAskedForByAnEmptyStructure) {
  create("{}");
  EXPECT_THAT(describe(), Not(HasSubstr("SSE")));
}

TEST_F(EncryptionTest, KeysAreNamedByIdAliasOrArn) {
  const struct {
    std::string id;
    std::string arn;
  } cases[] = {
      {"11111111-2222", customer_key(kHere)},
      {customer_key(kHere), customer_key(kHere)},
      {"alias/mine", "arn:aws:kms:eu-west-1:000000000000:alias/mine"},
      {"arn:aws:kms:eu-west-1:123456789012:alias/a/b_c", "arn:aws:kms:eu-west-1:123456789012:alias/a/b_c"},
      {"alias/aws/dynamodb", managed_key_arn(kHere)},
      {"arn:aws:kms:eu-west-1:000000000000:alias/aws/dynamodb", managed_key_arn(kHere)},
      {managed_key_arn(kHere), managed_key_arn(kHere)},
  };
  for (const auto& one : cases) {
    EXPECT_THAT(create(fmt::format(R"({{"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"{}"}})", one.id)),
                HasSubstr(description("ENABLED", one.arn)));
    region_.call("DeleteTable", R"({"TableName":"one"})");
  }
}

TEST_F(EncryptionTest, KeysThatCanBeNoneAreRefused) {
  const std::string prefix =
      "validation: KMS validation error: com.amazonaws.services.kms.model.NotFoundException: ";
  const struct {
    std::string id;
    std::string_view answer;
  } cases[] = {
      {customer_key(kThere), "Invalid arn us-east-1"},
      {"arn:aws:s3:::bucket", "Invalid keyId arn:aws:s3:::bucket"},
      {"arn:", "Invalid keyId arn:"},
      {"alias/", "Invalid keyId alias/"},
      {"a key", "Invalid keyId a key"},
      {"", "Invalid keyId"},
      {std::string(3000, 'a'), "Invalid keyId"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(create(fmt::format(R"({{"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"{}"}})", one.id)),
              prefix + std::string(one.answer));
  }
}

TEST_F(EncryptionTest, AChangeIsShownAsItGoesOnAndIsDone) {
  region_.create_table("one");
  EXPECT_THAT(update(R"({"Enabled":true,"SSEType":"KMS"})"),
              testing::AllOf(HasSubstr(R"("SSEDescription":{"Status":"UPDATING"})"),
                             HasSubstr(R"("TableStatus":"ACTIVE")")));
  EXPECT_THAT(describe(), HasSubstr(description("ENABLED", managed_key_arn(kHere))));
  EXPECT_THAT(update(R"({"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"11111111-2222"})"),
              HasSubstr(description("UPDATING", managed_key_arn(kHere))));
  EXPECT_THAT(describe(), HasSubstr(description("ENABLED", customer_key(kHere))));
  EXPECT_THAT(update(R"({"Enabled":false})"), HasSubstr(description("UPDATING", customer_key(kHere))));
  EXPECT_THAT(describe(), Not(HasSubstr("SSE")));
}

TEST_F(EncryptionTest, WhatATableIsAlreadyIsRefused) {
  constexpr std::string_view kByDefault =
      "validation: One or more parameter values were invalid: Table is already encrypted by default";
  region_.create_table("one");
  EXPECT_EQ(update(R"({"Enabled":false})"), kByDefault);
  EXPECT_EQ(update("{}"), kByDefault);
  update(R"({"Enabled":true})");
  EXPECT_THAT(update(R"({"Enabled":true})"), testing::StartsWith("{"));  // AWS encrypts it once more
  EXPECT_EQ(update(fmt::format(R"({{"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"{}"}})",
                               managed_key_arn(kHere))),
            "validation: One or more parameter values were invalid: Table is already encrypted with given "
            "KMSMasterKeyId. Use KMSMasterKeyId parameter if you want to change Master Key");
}

TEST_F(EncryptionTest, IsChangedAlone) {
  region_.create_table("one");
  region_.expect(
      "UpdateTable",
      R"({"TableName":"one","SSESpecification":{"Enabled":true},"DeletionProtectionEnabled":true})",
      "validation: One or more parameter values were invalid: Server-Side Encryption modification "
      "must be the only operation in the request");
}

// The kind of key is shared by all replicas; each has the key of its own region.
TEST_F(EncryptionTest, OfReplicasIsDescribedWithTheirKeys) {
  region_.create_table("one");
  region_.replicate("one");
  update(R"({"Enabled":true})");
  EXPECT_THAT(describe(),
              HasSubstr(fmt::format(
                  R"({{"RegionName":"us-east-1","ReplicaStatus":"CREATING","KMSMasterKeyId":"{}"}})",
                  managed_key_arn(kThere))));
}

TEST_F(EncryptionTest, ReplicasOfCustomersKeysEachNeedOne) {
  create(R"({"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"11111111-2222"})");
  EXPECT_EQ(update_replicas(R"({"Create":{"RegionName":"us-east-1"}})"), kForEachReplica);
  EXPECT_EQ(update_replicas(R"({"Create":{"RegionName":"us-east-1","KMSMasterKeyId":"alias/aws/dynamodb"}})"),
            kMixedKeys);
  EXPECT_THAT(update_replicas(R"({"Create":{"RegionName":"us-east-1","KMSMasterKeyId":"11111111-2222"}})"),
              testing::StartsWith("{"));
  region_.replicate("one");
  EXPECT_THAT(describe(), HasSubstr(fmt::format(R"("KMSMasterKeyId":"{}")", customer_key(kThere))));
}

TEST_F(EncryptionTest, AReplicaThatIsRefusedLeavesNoKey) {
  create(R"({"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"11111111-2222"})");
  replicas_.answer = Error::validation("no such region");
  EXPECT_EQ(update_replicas(R"({"Create":{"RegionName":"us-east-1","KMSMasterKeyId":"11111111-2222"}})"),
            "validation: no such region");
  EXPECT_EQ(region_.store().catalog().snapshot()->find("one")->schema.encryption.keys.size(), 1U);
}

TEST_F(EncryptionTest, ReplicasOfOtherTablesTakeNoCustomersKey) {
  region_.create_table("one");
  constexpr std::string_view kCreate =
      R"({"Create":{"RegionName":"us-east-1","KMSMasterKeyId":"11111111-2222"}})";
  EXPECT_EQ(update_replicas(kCreate), kForEachReplica);
  update(R"({"Enabled":true})");
  EXPECT_EQ(update_replicas(kCreate), kMixedKeys);
}

TEST_F(EncryptionTest, CustomersKeysAreGivenToAllReplicasAtOnce) {
  region_.create_table("one");
  region_.replicate("one");
  constexpr std::string_view kTheirs =
      R"({"Update":{"RegionName":"us-east-1","KMSMasterKeyId":"11111111-2222"}})";
  EXPECT_EQ(update(R"({"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"11111111-2222"})"), kForEachReplica);
  EXPECT_EQ(update_replicas(kTheirs), kForEachReplica);
  EXPECT_EQ(update_replicas(std::string(kTheirs) + R"(,{"Update":{"RegionName":"eu-west-1"}})"),
            "validation: There are no actions specified in the Replica Update Action of the request.");
  EXPECT_THAT(update_replicas(R"({"Update":{"RegionName":"ap-south-1","KMSMasterKeyId":"1"}})"),
              HasSubstr("were not part of the global table"));
  EXPECT_EQ(
      update_replicas(std::string(kTheirs) +
                      R"(,{"Update":{"RegionName":"eu-west-1","KMSMasterKeyId":"alias/aws/dynamodb"}})"),
      kMixedKeys);
  update_replicas(std::string(kTheirs) +
                  R"(,{"Update":{"RegionName":"eu-west-1","KMSMasterKeyId":"11111111-2222"}})");
  EXPECT_THAT(describe(),
              testing::AllOf(HasSubstr(description("ENABLED", customer_key(kHere))),
                             HasSubstr(fmt::format(R"("KMSMasterKeyId":"{}")", customer_key(kThere)))));
  // From here on a region changes its own.
  update(R"({"Enabled":true,"SSEType":"KMS","KMSMasterKeyId":"3333"})");
  EXPECT_THAT(describe(), testing::AllOf(HasSubstr("key/3333"), HasSubstr(customer_key(kThere))));
}

TEST_F(EncryptionTest, OfATableOfOneRegionIsNoReplicaUpdate) {
  region_.create_table("one");
  EXPECT_THAT(update_replicas(R"({"Update":{"RegionName":"eu-west-1","KMSMasterKeyId":"1"}})"),
              HasSubstr("Cannot add, delete, or update the local region through ReplicaUpdates"));
}

TEST_F(EncryptionTest, AddingAndUpdatingReplicasAreTwoRequests) {
  region_.create_table("one");
  EXPECT_EQ(update_replicas(R"({"Create":{"RegionName":"us-east-1"}},
                               {"Update":{"RegionName":"eu-west-1","KMSMasterKeyId":"1"}})"),
            "validation: Update table operation with more than one type of replica actions not allowed.");
}

TEST(ManagedKey, LooksLikeAKeyAndIsAnotherInEachRegion) {
  EXPECT_THAT(managed_key_arn(kHere),
              testing::MatchesRegex("arn:aws:kms:eu-west-1:000000000000:key/"
                                    "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(managed_key_arn(kHere), managed_key_arn(RegionId("eu-west-1")));
  EXPECT_NE(managed_key_arn(kHere).substr(38), managed_key_arn(kThere).substr(38));
}

}  // namespace
}  // namespace gyre::operations
