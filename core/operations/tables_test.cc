// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gmock/gmock.h>

#include <set>

#include "core/operations/testing/test_region.h"
#include "core/storage/catalog.h"

namespace gyre::operations {
namespace {

// The table's id is random; everything else is known.
std::string without_table_id(std::string reply) {
  const std::size_t start = reply.find(R"("TableId":")");
  if (start == std::string::npos) return reply;
  const std::size_t end = reply.find(',', start);
  return reply.erase(start, end - start + 1);
}

class Tables : public testing::Test {
 protected:
  void expect_table(std::string_view operation, std::string_view body, std::string_view expected) {
    EXPECT_EQ(normal_json(without_table_id(region_.call(operation, body))), normal_json(expected));
  }

  TestRegion region_;
};

TEST_F(Tables, CreateTableAnswersCreatingAndDescribeTableActive) {
  const auto description = [](std::string_view status, std::string_view more) {
    return fmt::format(R"({{
        "TableName":"music","TableArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/music","TableStatus":"{}",
        "CreationDateTime":1795248930.123,
        "AttributeDefinitions":[{{"AttributeName":"artist","AttributeType":"S"}},{{"AttributeName":"year","AttributeType":"N"}}],
        "KeySchema":[{{"AttributeName":"artist","KeyType":"HASH"}},{{"AttributeName":"year","KeyType":"RANGE"}}],
        "ProvisionedThroughput":{{"NumberOfDecreasesToday":0,"ReadCapacityUnits":5,"WriteCapacityUnits":6}},{}
        "ItemCount":0,"TableSizeBytes":0,"DeletionProtectionEnabled":false,
        "StreamSpecification":{{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}},
        "LatestStreamArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/music/stream/2026-11-21T08:15:30.123",
        "LatestStreamLabel":"2026-11-21T08:15:30.123"}})",
                       status, more);
  };
  expect_table("CreateTable", R"({"TableName":"music",
      "AttributeDefinitions":[{"AttributeName":"year","AttributeType":"N"},{"AttributeName":"artist","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"year","KeyType":"RANGE"}],
      "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":6},
      "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})",
               R"({"TableDescription":)" + description("CREATING", "") + "}");
  expect_table(
      "DescribeTable", R"({"TableName":"music"})",
      R"({"Table":)" +
          description(
              "ACTIVE",
              R"("WarmThroughput":{"ReadUnitsPerSecond":5,"WriteUnitsPerSecond":6,"Status":"ACTIVE"},)") +
          "}");
}

TEST_F(Tables, TableIdIsARandomUuid) {
  region_.create_table("one");
  const std::string id = region_.store().catalog().snapshot()->find("one")->schema.uuid;
  EXPECT_THAT(id,
              testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST_F(Tables, DescribeTableCountsItemsAndBytes) {
  region_.create_table("one");
  region_.put("one", R"({"pk":{"S":"a"},"v":{"S":"12345"}})");
  region_.put("one", R"({"pk":{"S":"b"}})");
  const std::string reply = region_.call("DescribeTable", R"({"TableName":"one"})");
  EXPECT_THAT(reply, testing::HasSubstr(R"("ItemCount":2)"));
  EXPECT_THAT(reply, testing::HasSubstr(R"("TableSizeBytes":12)"));
}

TEST_F(Tables, ListTablesPagesInOrder) {
  for (const std::string_view name : {"ccc", "aaa", "bbb"}) region_.create_table(name);
  region_.expect("ListTables", "{}", R"({"TableNames":["aaa","bbb","ccc"]})");
  region_.expect("ListTables", R"({"Limit":2})",
                 R"({"TableNames":["aaa","bbb"],"LastEvaluatedTableName":"bbb"})");
  region_.expect("ListTables", R"({"ExclusiveStartTableName":"bbb","Limit":1})", R"({"TableNames":["ccc"]})");
  region_.expect("ListTables", R"({"ExclusiveStartTableName":"zzz"})", R"({"TableNames":[]})");
}

TEST_F(Tables, DeletedTablesAreGoneAndTheirNamesFree) {
  region_.create_table("one");
  region_.put("one", R"({"pk":{"S":"a"}})");
  EXPECT_THAT(region_.call("DeleteTable", R"({"TableName":"one"})"),
              testing::HasSubstr(R"("TableStatus":"DELETING")"));
  region_.expect("ListTables", "{}", R"({"TableNames":[]})");
  region_.expect("GetItem", R"({"TableName":"one","Key":{"pk":{"S":"a"}}})",
                 "resource_not_found: Requested resource not found");
  region_.create_table("one");
  region_.expect("GetItem", R"({"TableName":"one","Key":{"pk":{"S":"a"}}})", "{}");
}

// AWS tells what the table held, and none of its keys.
TEST_F(Tables, TheReplyOfADeletionSaysNothingOfKeys) {
  const std::string created =
      region_.call("CreateTable", R"({"TableName":"one","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"a","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
      "GlobalSecondaryIndexes":[{"IndexName":"idx","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],
      "Projection":{"ProjectionType":"KEYS_ONLY"}}]})");
  ASSERT_THAT(created, testing::HasSubstr("KeySchema"));
  region_.put("one", R"({"pk":{"S":"p"},"a":{"S":"12345"}})");
  const std::string deleted = region_.call("DeleteTable", R"({"TableName":"one"})");
  for (const std::string_view left_out : {"AttributeDefinitions", "KeySchema", "CreationDateTime"}) {
    EXPECT_THAT(deleted, testing::Not(testing::HasSubstr(left_out)));
  }
  EXPECT_THAT(deleted, testing::HasSubstr(R"("ItemCount":1,"TableSizeBytes":9,)"));
  EXPECT_THAT(deleted, testing::HasSubstr(R"("IndexStatus":"DELETING")"));
  EXPECT_THAT(deleted, testing::HasSubstr(R"("IndexSizeBytes":9,"ItemCount":1,)"));
}

TEST_F(Tables, DeletionProtectionHoldsUntilItIsTakenAway) {
  region_.create_table("one");
  const auto protect = [&](std::string_view value) {
    return region_.call("UpdateTable",
                        fmt::format(R"({{"TableName":"one","DeletionProtectionEnabled":{}}})", value));
  };
  EXPECT_THAT(protect("true"), testing::HasSubstr(R"("DeletionProtectionEnabled":true)"));
  region_.expect("DeleteTable", R"({"TableName":"one"})",
                 "validation: Resource cannot be deleted as it is currently protected against deletion. "
                 "Disable deletion "
                 "protection first.");
  EXPECT_THAT(protect("false"), testing::HasSubstr(R"("DeletionProtectionEnabled":false)"));
  EXPECT_THAT(region_.call("DeleteTable", R"({"TableName":"one"})"), testing::StartsWith("{"));
}

class Streams : public Tables {
 protected:
  Streams() { region_.create_table("one"); }

  std::string set_stream(std::string_view specification) {
    return region_.call("UpdateTable",
                        fmt::format(R"({{"TableName":"one","StreamSpecification":{}}})", specification));
  }
  storage::TablePointer table() { return region_.store().catalog().snapshot()->find("one"); }

  static constexpr std::string_view kOn = R"({"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"})";
  static constexpr std::string_view kOff = R"({"StreamEnabled":false})";
};

// The ARN of a stream is made of its table's name and its label, so the two are never the same again: neither
// of one table nor of the next one that has its name.
TEST_F(Streams, LabelsDoNotRepeatInOneMillisecond) {
  std::set<std::string> labels;
  const auto note = [&] { EXPECT_TRUE(labels.insert(table()->schema.streams.back().label).second); };
  set_stream(kOn);
  note();
  set_stream(kOff);
  set_stream(kOn);
  note();
  region_.call("DeleteTable", R"({"TableName":"one"})");
  region_.create_table("one");
  set_stream(kOn);
  note();
  region_.call("DeleteTable", R"({"TableName":"one"})");
  region_.call("CreateTable", R"({"TableName":"one","BillingMode":"PAY_PER_REQUEST","StreamSpecification":
      {"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"},
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})");
  note();
  EXPECT_EQ(labels.size(), 4u);
}

TEST_F(Streams, EnablingAndDisablingRollTheShards) {
  const std::size_t shards = table()->shards.size();
  EXPECT_THAT(set_stream(kOn), testing::HasSubstr(R"("StreamViewType":"KEYS_ONLY")"));
  EXPECT_EQ(table()->shards.size(), shards * 2);
  for (const auto& shard : table()->open_shards()) EXPECT_EQ(shard.stream_label, "2026-11-21T08:15:30.123");

  const std::string off = set_stream(kOff);
  EXPECT_THAT(off, testing::Not(testing::HasSubstr("StreamSpecification")));
  EXPECT_THAT(off, testing::HasSubstr(R"("LatestStreamLabel":"2026-11-21T08:15:30.123")"));
  EXPECT_EQ(table()->shards.size(), shards * 3);
  for (const auto& shard : table()->open_shards()) EXPECT_EQ(shard.stream_label, "");
}

TEST_F(Streams, LabelsAreUniqueEvenWithinOneMillisecond) {
  set_stream(kOn);
  set_stream(kOff);
  set_stream(kOn);
  ASSERT_EQ(table()->schema.streams.size(), 2U);
  EXPECT_EQ(table()->schema.streams[1].label, "2026-11-21T08:15:30.124");
}

TEST_F(Streams, TheStateThatHoldsAlreadyIsRefused) {
  EXPECT_EQ(set_stream(kOff), "validation: Table has no stream to disable: TableName: one");
  set_stream(kOn);
  EXPECT_EQ(set_stream(R"({"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"})"),
            "validation: Table already has an enabled stream: TableName: one");
}

/// Remembers what it was asked, and answers at once.
class FakeReplicas final : public ReplicaControl {
 public:
  void update_replicas(const std::string& table_name, std::vector<ReplicaUpdate> updates,
                       CompletionSink& sink, std::function<void(Status)> done) override {
    for (const ReplicaUpdate& update : updates) {
      asked += fmt::format("{} {} {};", table_name,
                           update.action == ReplicaUpdate::Action::kCreate ? "create" : "delete",
                           update.region.name());
    }
    sink.deliver({[done = std::move(done), this] { done(answer); }});
  }
  bool sourced_lately(const TableSchema&) const override { return sourced; }
  std::string asked;
  Status answer;
  bool sourced = false;
};

TEST(Replicas, UpdateTableHandsThemOver) {
  FakeReplicas replicas;
  TestRegion region(&replicas);
  region.create_table("one");
  const std::string_view update =
      R"({"TableName":"one","ReplicaUpdates":[{"Create":{"RegionName":"us-east-1"}},
                                                                          {"Delete":{"RegionName":"ap-south-1"}}]})";
  EXPECT_THAT(region.call("UpdateTable", update), testing::HasSubstr(R"("TableStatus":"UPDATING")"));
  EXPECT_EQ(replicas.asked, "one create us-east-1;one delete ap-south-1;");
  replicas.answer = Error::validation("no such region");
  region.expect("UpdateTable", update, "validation: no such region");
}

// AWS lets a region that another replica was copied from leave a day later. So does one with AWS's timings.
TEST(Replicas, ASourceIsDeletedAtOnceWithoutAwsTimings) {
  FakeReplicas replicas;
  replicas.sourced = true;
  TestRegion region(&replicas);
  region.create_table("one");
  EXPECT_THAT(region.call("DeleteTable", R"({"TableName":"one"})"), testing::StartsWith("{"));
}

TEST(Replicas, ASourceIsNotDeletedForADayWithAwsTimings) {
  FakeReplicas replicas;
  TestRegion region(&replicas);
  region.use_aws_timings();
  region.create_table("one");
  replicas.sourced = true;
  region.expect("DeleteTable", R"({"TableName":"one"})", "validation: " + std::string(kSourcedLately));
  replicas.sourced = false;
  EXPECT_THAT(region.call("DeleteTable", R"({"TableName":"one"})"), testing::StartsWith("{"));
}

TEST(Replicas, ARegionWithoutPeersRefusesThem) {
  TestRegion region;
  region.create_table("one");
  region.expect("UpdateTable",
                R"({"TableName":"one","ReplicaUpdates":[{"Create":{"RegionName":"us-east-1"}}]})",
                "validation: Gyre: this region runs alone; start it with peers to use ReplicaUpdates");
}

class ReplicatedTable : public Tables {
 protected:
  ReplicatedTable() {
    region_.create_table("one");
    region_.replicate("one");
  }
};

TEST_F(ReplicatedTable, IsDescribedWithItsOtherReplicas) {
  const std::string reply = region_.call("DescribeTable", R"({"TableName":"one"})");
  EXPECT_THAT(reply, testing::HasSubstr(R"("GlobalTableVersion":"2019.11.21")"));
  EXPECT_THAT(reply,
              testing::HasSubstr(R"("Replicas":[{"RegionName":"us-east-1","ReplicaStatus":"CREATING"}])"));
}

TEST_F(ReplicatedTable, KeepsItsStream) {
  region_.call("UpdateTable", R"({"TableName":"one","StreamSpecification":
      {"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})");
  region_.expect(
      "UpdateTable", R"({"TableName":"one","StreamSpecification":{"StreamEnabled":false}})",
      "validation: One or more parameter values were invalid: Disabling Stream is not allowed for a "
      "Global Table replica.");
}

TEST_F(ReplicatedTable, IsDeletedInThisRegionAlone) {
  EXPECT_THAT(region_.call("DeleteTable", R"({"TableName":"one"})"),
              testing::HasSubstr(R"("TableStatus":"DELETING")"));
  EXPECT_THAT(region_.call("DescribeTable", R"({"TableName":"one"})"),
              testing::StartsWith("resource_not_found"));
}

TEST_F(Tables, DescribeLimitsAndEndpointsAnswer) {
  region_.expect("DescribeLimits", "{}",
                 R"({"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,
                     "TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000})");
  region_.expect("DescribeEndpoints", "{}",
                 R"({"Endpoints":[{"Address":"localhost:8000","CachePeriodInMinutes":1440}]})");
}

TEST_F(Tables, CountsAreShownAsTheyAre) {
  region_.create_table("one");
  region_.put("one", R"({"pk":{"S":"a"}})");
  EXPECT_THAT(region_.call("DescribeTable", R"({"TableName":"one"})"),
              testing::HasSubstr(R"("ItemCount":1,)"));
}

// As AWS shows them, which takes them about every six hours.
TEST_F(Tables, StaleCountsAreThoseOfUpToSixHoursAgo) {
  constexpr std::uint64_t kHourMs = 3600 * 1000;
  region_.use_stale_counts();
  region_.create_table("one");
  const auto expect_count = [&](int count) {
    EXPECT_THAT(region_.call("DescribeTable", R"({"TableName":"one"})"),
                testing::HasSubstr(fmt::format(R"("ItemCount":{},)", count)));
  };
  region_.put("one", R"({"pk":{"S":"a"}})");
  expect_count(0);  // a new table has none yet
  region_.clock().advance_ms(6 * kHourMs);
  expect_count(1);
  region_.put("one", R"({"pk":{"S":"b"}})");
  region_.clock().advance_ms(6 * kHourMs - 1);
  expect_count(1);
  region_.clock().advance_ms(1);
  expect_count(2);
}

TEST_F(Tables, StaleCountsOfATableAreNotThoseOfItsNameBefore) {
  constexpr std::uint64_t kHourMs = 3600 * 1000;
  region_.use_stale_counts();
  for (int round = 0; round < 3; ++round) {
    region_.create_table("one");
    region_.put("one", R"({"pk":{"S":"a"}})");
    EXPECT_THAT(region_.call("DescribeTable", R"({"TableName":"one"})"),
                testing::HasSubstr(R"("ItemCount":0,"TableSizeBytes":0)"));
    region_.clock().advance_ms(6 * kHourMs);
    EXPECT_THAT(region_.call("DescribeTable", R"({"TableName":"one"})"),
                testing::HasSubstr(R"("ItemCount":1,)"));
    region_.call("DeleteTable", R"({"TableName":"one"})");
  }
}

TEST_F(Tables, OperationsThatAreNotBuiltSayTheirName) {
  EXPECT_THAT(region_.router().targets(),
              testing::AllOf(testing::Contains("DynamoDB_20120810.PutItem"),
                             testing::Not(testing::Contains("DynamoDB_20120810.ExportTableToPointInTime"))));
  EXPECT_THAT(region_.call("ExportTableToPointInTime", "{}"),
              testing::AllOf(testing::StartsWith("unknown_operation"),
                             testing::HasSubstr("ExportTableToPointInTime")));
}

}  // namespace
}  // namespace gyre::operations
