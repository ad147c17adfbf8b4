// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gmock/gmock.h>

#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string invalid(std::string_view text) {
  return fmt::format("validation: One or more parameter values were invalid: {}", text);
}

std::string in_use(std::string_view text) {
  return fmt::format("resource_in_use: Attempt to change a resource which is still in use: {}", text);
}

constexpr std::string_view kOnlyOne =
    "limit_exceeded: Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously "
    "per table";

/// An element that creates an index over the number `key`.
std::string create(std::string_view name, std::string_view key = "n", std::string_view more = "") {
  return fmt::format(
      R"({{"Create":{{"IndexName":"{}","KeySchema":[{{"AttributeName":"{}","KeyType":"HASH"}}],
          "Projection":{{"ProjectionType":"ALL"}}{}}}}})",
      name, key, more);
}
std::string remove(std::string_view name) {
  return fmt::format(R"({{"Delete":{{"IndexName":"{}"}}}})", name);
}
std::string throughput(int read, int write) {
  return fmt::format(R"("ProvisionedThroughput":{{"ReadCapacityUnits":{},"WriteCapacityUnits":{}}})", read,
                     write);
}
std::string change(std::string_view name, int read, int write) {
  return fmt::format(R"({{"Update":{{"IndexName":"{}",{}}}}})", name, throughput(read, write));
}

constexpr std::string_view kNumber = R"(,"AttributeDefinitions":[{"AttributeName":"n","AttributeType":"N"}])";

/// A table "table" with the key "pk", to whose indexes things happen.
class IndexUpdatesOf : public testing::Test {
 protected:
  std::string update(std::string_view elements, std::string_view more = kNumber) {
    return region_.call(
        "UpdateTable",
        fmt::format(R"({{"TableName":"table","GlobalSecondaryIndexUpdates":[{}]{}}})", elements, more));
  }
  std::string describe() { return region_.call("DescribeTable", R"({"TableName":"table"})"); }
  std::string count(std::string_view index, int key) {
    return region_.call("Query", fmt::format(R"({{"TableName":"table","IndexName":"{}","Select":"COUNT",
        "KeyConditionExpression":"n = :n","ExpressionAttributeValues":{{":n":{{"N":"{}"}}}}}})",
                                             index, key));
  }

  TestRegion region_;
};

class OnDemandIndexes : public IndexUpdatesOf {
 protected:
  OnDemandIndexes() { region_.create_table("table"); }
};

TEST_F(OnDemandIndexes, ACreatedOneIsFilledInTheBackground) {
  for (int i = 0; i < 5; ++i) {
    region_.put("table", fmt::format(R"({{"pk":{{"S":"{0}"}},"n":{{"N":"{1}"}}}})", i, i % 2));
  }
  region_.put("table", R"({"pk":{"S":"other type"},"n":{"S":"1"}})");
  const std::string reply = update(create("idx"));
  EXPECT_THAT(reply, HasSubstr(R"("TableStatus":"UPDATING")"));
  EXPECT_THAT(reply, HasSubstr(R"("IndexStatus":"CREATING","Backfilling":false)"));
  EXPECT_THAT(describe(), HasSubstr(R"("TableStatus":"UPDATING")"));
  EXPECT_EQ(count("idx", 1), "validation: Cannot read from backfilling global secondary index: idx");
  region_.put("table", R"({"pk":{"S":"meanwhile"},"n":{"N":"1"}})");

  region_.step_indexes();
  EXPECT_THAT(describe(), HasSubstr(R"("TableStatus":"ACTIVE")"));
  EXPECT_THAT(describe(), HasSubstr(R"("IndexStatus":"CREATING","Backfilling":true)"));
  region_.build_indexes();
  EXPECT_THAT(describe(), HasSubstr(R"("IndexStatus":"ACTIVE","ProvisionedThroughput")"));
  EXPECT_THAT(count("idx", 1), HasSubstr(R"("Count":3)"));
  EXPECT_THAT(count("idx", 0), HasSubstr(R"("Count":3)"));
  EXPECT_THAT(region_.call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"p"},"n":{"S":"1"}}})"),
              HasSubstr("Type mismatch for Index Key n Expected: N Actual: S IndexName: idx"));
}

TEST_F(OnDemandIndexes, ADeletedOneGoesWithItsDefinition) {
  update(create("idx"));
  region_.build_indexes();
  const std::string reply = update(remove("idx"), "");
  EXPECT_THAT(reply, HasSubstr(R"("TableStatus":"UPDATING")"));
  EXPECT_THAT(reply, HasSubstr(R"("IndexStatus":"DELETING")"));
  EXPECT_THAT(describe(), HasSubstr(R"("TableStatus":"UPDATING")"));
  EXPECT_EQ(count("idx", 1), "validation: The table does not have the specified index: idx");
  region_.build_indexes();
  EXPECT_THAT(describe(), HasSubstr(R"("TableStatus":"ACTIVE")"));
  EXPECT_THAT(describe(), Not(HasSubstr("GlobalSecondaryIndexes")));
  EXPECT_THAT(describe(),
              HasSubstr(R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}])"));
  EXPECT_THAT(update(create("idx")), HasSubstr("CREATING"));  // the name is free again
}

TEST_F(OnDemandIndexes, RequestsThatMakeNoSenseAreRefused) {
  const std::string nothing =
      "validation: At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
      "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
      "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, "
      "WarmThroughput or TableClass is required";
  EXPECT_EQ(update("", ""), nothing);
  EXPECT_EQ(update("", kNumber), nothing);
  EXPECT_EQ(update("", R"(,"DeletionProtectionEnabled":true)"),
            invalid("List of GlobalSecondaryIndexUpdates is empty"));
  EXPECT_EQ(update("{}"),
            invalid("One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                    "GlobalSecondaryIndexUpdate.Delete must not be null"));
  EXPECT_EQ(
      update(R"({"Delete":{"IndexName":"idx"},"Update":{"IndexName":"idx"}})"),
      invalid("Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object"));
  EXPECT_EQ(
      update(remove("idx") + "," + create("idx")),
      invalid("Only one global secondary index update per index is allowed simultaneously. Index: idx"));
  EXPECT_EQ(update(create("idx"), ""), invalid("AttributeDefinitions is not specified for index: idx"));
  EXPECT_EQ(update(create("idx", "q")),
            invalid("Some index key attributes are not defined in AttributeDefinitions. Keys: [q], "
                    "AttributeDefinitions: [n, pk]"));
  EXPECT_EQ(
      update(create("idx", "pk"), R"(,"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"N"}])"),
      invalid("Attributes cannot be redefined. Please check that your attribute has the same type as "
              "previously defined. Existing schema: Schema:[SchemaElement: key{pk:S:HASH}] New schema: "
              "Schema:[SchemaElement: key{pk:N:HASH}]"));
  EXPECT_EQ(update(create("idx", "n", "," + throughput(1, 1))),
            invalid("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: idx when "
                    "BillingMode is PAY_PER_REQUEST"));
  EXPECT_EQ(
      update(R"({"Delete":{"IndexName":"x"}})"),
      "validation: 1 validation error detected: Value 'x' at "
      "'globalSecondaryIndexUpdates.1.member.delete.indexName' failed to satisfy constraint: Member must "
      "have length greater than or equal to 3");
  EXPECT_EQ(update(remove("ghost")),
            "resource_not_found: Requested resource not found: Index ghost for table table");
  EXPECT_EQ(update(change("ghost", 1, 1)),
            "resource_not_found: Requested resource not found: Index ghost for table table");
}

TEST_F(OnDemandIndexes, OtherChangesWait) {
  EXPECT_EQ(update(create("idx"), std::string(kNumber) + R"(,"DeletionProtectionEnabled":true)"),
            invalid("DeletionProtection modification must be the only operation in the request"));
  EXPECT_EQ(update(create("idx"), std::string(kNumber) + R"(,"StreamSpecification":{"StreamEnabled":false})"),
            invalid("You cannot create or delete index while changing stream status"));
  EXPECT_EQ(update(remove("idx"), "," + throughput(1, 1)),
            invalid("You cannot create or delete index while updating table IOPS"));
  update(create("idx"));
  EXPECT_EQ(region_.call("UpdateTable", R"({"TableName":"table","StreamSpecification":
      {"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"}})"),
            in_use("Can't change stream status when an index is being created. Table: table Indexes: [idx]"));
}

TEST_F(OnDemandIndexes, ComeAndGoOneAtATime) {
  EXPECT_EQ(update(create("one") + "," + create("two")), kOnlyOne);
  EXPECT_THAT(update(create("one")), HasSubstr("CREATING"));
  EXPECT_EQ(update(create("two")), kOnlyOne);
  EXPECT_EQ(update(create("one")), in_use("Index is being created.  Table: table Index: one"));
  EXPECT_EQ(
      update(remove("one"), ""),
      in_use("Index creation is in resource allocation phase. Retry deletion during backfilling phase or "
             "when the index is active. Table: table Index: one"));
  EXPECT_EQ(update(change("one", 1, 1)),
            in_use("Index is being created but is not backfilling yet.  Table: table Index: one"));
  region_.step_indexes();
  EXPECT_EQ(update(create("two")), kOnlyOne);
  EXPECT_EQ(region_.call("DeleteTable", R"({"TableName":"table"})"),
            in_use("Cannot delete table while indexes are being created, updated, or deleted."));
  EXPECT_THAT(update(remove("one"), ""), HasSubstr("DELETING"));
  EXPECT_EQ(update(remove("one"), ""), in_use("Index is being deleted. Table: table Index: one"));
  EXPECT_EQ(update(create("one")), in_use("Index is being deleted. Table: table Index: one"));
  EXPECT_EQ(update(create("two")), kOnlyOne);
  region_.build_indexes();
  EXPECT_THAT(update(create("two")), HasSubstr("CREATING"));
  region_.build_indexes();
  EXPECT_EQ(update(create("two")), "validation: Attempting to create an index which already exists");
}

TEST_F(OnDemandIndexes, AreTwentyAtMost) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(update(create(fmt::format("idx{}", i))), HasSubstr("CREATING"));
    region_.build_indexes();
  }
  EXPECT_EQ(update(create("idx20")),
            "limit_exceeded: Subscriber limit exceeded: Number of global secondary indexes exceeds per-table "
            "limit of 20");
}

TEST_F(OnDemandIndexes, FollowTheTableToProvisioned) {
  update(create("one"));
  region_.build_indexes();
  update(create("two"));
  region_.build_indexes();
  const std::string provisioned = R"(,"BillingMode":"PROVISIONED",)" + throughput(1, 2);
  EXPECT_EQ(update(change("one", 1, 1), ""),
            invalid("The only Updates for index: one when TableThroughputMode is PAY_PER_REQUEST can be to "
                    "OnDemandThroughput, WarmThroughput"));
  EXPECT_EQ(region_.call("UpdateTable", R"({"TableName":"table")" + provisioned + "}"),
            invalid("ProvisionedThroughput must be specified for index: one,two"));
  EXPECT_EQ(update(change("two", 3, 4), provisioned),
            invalid("ProvisionedThroughput must be specified for index: one"));
  EXPECT_THAT(update(change("one", 3, 4) + "," + change("two", 5, 6), provisioned), HasSubstr("UPDATING"));
  EXPECT_THAT(describe(), HasSubstr(R"("ReadCapacityUnits":5,"WriteCapacityUnits":6)"));

  EXPECT_THAT(update(change("one", 3, 4), ""),
              HasSubstr("The provisioned throughput for the index one will not change."));
  EXPECT_THAT(update(change("one", 3, 5), ""), HasSubstr(R"("ReadCapacityUnits":3,"WriteCapacityUnits":4)"));
  EXPECT_THAT(describe(), HasSubstr(R"("ReadCapacityUnits":3,"WriteCapacityUnits":5)"));
  EXPECT_EQ(update(R"({"Update":{"IndexName":"one"}})", ""),
            invalid("Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: one"));
  EXPECT_EQ(update(create("new")),
            invalid("Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: new"));

  EXPECT_THAT(update(create("new", "n", "," + throughput(1, 1)), std::string(kNumber)),
              HasSubstr("CREATING"));
  EXPECT_EQ(region_.call("UpdateTable", R"({"TableName":"table",)" + throughput(7, 7) + "}"),
            in_use("Can't change table IOPS when an index is being created. Table: table Indexes: [new]"));
  region_.build_indexes();
  update(remove("new"), "");
  EXPECT_EQ(region_.call("UpdateTable", R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST"})"),
            in_use("Can't change table IOPS when an index is being deleted. Table: table Indexes: [new]"));
  region_.build_indexes();
  region_.call("UpdateTable", R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST"})");
  EXPECT_THAT(describe(), Not(HasSubstr(R"("ReadCapacityUnits":5)")));
}

TEST_F(IndexUpdatesOf, LocalOnesStayAsTheyAre) {
  EXPECT_THAT(region_.call("CreateTable", R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
      "LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
        {"AttributeName":"sk","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}]})"),
              HasSubstr("CREATING"));
  EXPECT_EQ(update(remove("local"), ""),
            "validation: Cannot delete an index that is not a GlobalSecondaryIndex: local");
  EXPECT_EQ(update(change("local", 1, 1), ""),
            "validation: Cannot update an index that is not a GlobalSecondaryIndex: local");
  EXPECT_EQ(update(create("local")), "validation: Attempting to create an index which already exists");
}

}  // namespace
}  // namespace gyre::operations
