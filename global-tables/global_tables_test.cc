// SPDX-License-Identifier: Apache-2.0
#include "global-tables/global_tables.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "core/api/model.h"
#include "core/api/told_intents_test.h"
#include "core/api/wrong_types_test.h"
#include "core/json/hostile_json_test.h"
#include "core/json/json_reader.h"
#include "core/storage/index_building.h"
#include "core/storage/row_keys.h"
#include "global-tables/digest.h"
#include "global-tables/region_fixture_test.h"
#include "streams/transport/stream_server.h"

namespace gyre::global_tables {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

/// A whole region on this machine: store, stream server, links.
struct Region {
  Region(const std::string& name, const Clock& clock) : fixture(name, clock, hash64_of(name)) {}
  ~Region() { stop(); }
  static std::uint64_t hash64_of(const std::string& name) { return std::hash<std::string>()(name); }

  void serve(const std::string& endpoint = "tcp://127.0.0.1:*") {
    fixture.open();
    auto bound = streams::StreamServer::bind({endpoint}, fixture.store(), nullptr);
    ASSERT_TRUE(bound.ok()) << bound.error().message;
    server = std::move(*bound);
    fixture.store().writer().add_listener(&server->listener());
    fixture.store().writer().start();
    server->start();
  }
  void follow(std::vector<Region*> others, const Clock& clock, GlobalTablesOptions options = {}) {
    std::vector<Peer> peers;
    for (Region* other : others)
      peers.push_back({RegionId(other->fixture.region()), other->server->endpoint(), {}});
    tables = GlobalTables::create(fixture.store(), peers, clock, options);
    tables->add_operations(router.emplace());
    tables->start();
  }
  void stop() {
    if (tables) tables->stop();
    if (server) server->stop();
    if (tables) fixture.store().stop();
    tables.reset();
    server.reset();
  }

  Status update_replicas(ReplicaUpdate::Action action, const std::string& region) {
    std::promise<Status> answered;
    tables->replica_control().update_replicas("T", {{action, RegionId(region)}}, sink,
                                              [&](Status status) { answered.set_value(std::move(status)); });
    return answered.get_future().get();
  }
  std::string call(const std::string& target, const std::string& body) {
    json::Parser parser;
    std::promise<Result<std::string>> answered;
    http::Request request;
    const Result<json::Value> parsed = parser.parse(body);
    if (!parsed.ok()) return "no JSON";
    request.body = *parsed;
    request.sink = &sink;
    request.intents = intents;
    router->find(target).value()->run(
        request, [&](Result<std::string> reply) { answered.set_value(std::move(reply)); });
    Result<std::string> reply = answered.get_future().get();
    if (!reply.ok()) last_error = reply.error().code;
    return reply.ok() ? *reply : "ERROR " + reply.error().message;
  }
  std::uint64_t root() { return digest_table(fixture.store(), *fixture.table()).value().root; }

  RegionFixture fixture;
  InlineSink sink;
  std::unique_ptr<streams::StreamServer> server;
  std::unique_ptr<GlobalTables> tables;
  std::optional<http::Router> router;
  api::IntentObserver* intents = nullptr;  // of call()
  std::optional<ErrorCode> last_error;     // of call()
};

class GlobalTablesOverLoopback : public testing::Test {
 protected:
  void SetUp() override {
    for (Region* region : {&a, &b, &c}) region->serve();
    a.follow({&b, &c}, clock);
    b.follow({&a, &c}, clock);
    c.follow({&a, &b}, clock);
  }
  void TearDown() override {
    for (Region* region : {&a, &b, &c}) region->stop();
  }

  // The region to add must have been heard of first; until then it is refused as unreachable.
  void add_replica(Region& through, const std::string& region) {
    Status status;
    ASSERT_TRUE(eventually([&] {
      status = through.update_replicas(ReplicaUpdate::Action::kCreate, region);
      return status.ok() || status.error().code != ErrorCode::kUnavailable;
    }));
    ASSERT_TRUE(status.ok()) << status.error().message;
    ASSERT_TRUE(eventually([&] { return member_status(through.fixture, region) == ReplicaStatus::kActive; }));
  }

  SystemClock clock;
  Region a{"a", clock}, b{"b", clock}, c{"c", clock};
};

TEST_F(GlobalTablesOverLoopback, CommandsSayWhatTheyAreAboutToDo) {
  a.fixture.create_table();
  api::ToldIntents told(RegionId("a"));
  a.intents = &told;
  a.call("Gyre.DescribeLinks", "{}");
  a.call("Gyre.SetLink", R"({"Peer":"b","LatencyMs":1})");
  a.call("Gyre.DigestTable", R"({"TableName":"T"})");
  a.call("Gyre.DigestBucket", R"({"TableName":"T","Bucket":1})");
  a.call("Gyre.ListConflicts", "{}");
  a.call("Gyre.ListConflicts", R"({"TableName":"T"})");
  a.call("Gyre.DescribeGroup", R"({"TableName":"T"})");
  EXPECT_EQ(told.told,
            (std::vector<std::string>{"gyre:DescribeLinks on *", "gyre:SetLink on *",
                                      "gyre:DigestTable on table/T", "gyre:DigestBucket on table/T",
                                      "gyre:ListConflicts on *", "gyre:ListConflicts on table/T"}));
}

TEST_F(GlobalTablesOverLoopback, ReplicaGetsWhatWasThereAndThenEveryWriteOfEitherSide) {
  a.fixture.create_table();
  for (int i = 0; i < 300; ++i) a.fixture.put("k" + std::to_string(i), "v" + std::to_string(i));
  add_replica(a, "b");
  EXPECT_NE(a.fixture.table()->schema.enabled_stream(), nullptr);
  EXPECT_EQ(b.fixture.table()->schema.status, TableStatus::kActive);
  EXPECT_EQ(a.root(), b.root());

  a.fixture.put("k1", "of a");
  b.fixture.put("k2", "of b");
  b.fixture.put("k3", std::nullopt);
  EXPECT_TRUE(eventually([&] { return b.fixture.get("k1") == "of a" && a.fixture.get("k2") == "of b"; }));
  EXPECT_TRUE(eventually([&] { return !a.fixture.get("k3").has_value() && a.root() == b.root(); }));
  EXPECT_EQ(a.fixture.conflict_count() + b.fixture.conflict_count(), 0U);
}

TEST_F(GlobalTablesOverLoopback, CommandsRefuseWrongTypesAndValuesByTheModel) {
  for (const api::Service& service : api::services()) {
    if (service.target_prefix != api::kGyre) continue;
    for (const api::Operation& operation : service.operations) {
      api::for_each_wrong_type(operation, [&](const api::WrongType& wrong) {
        EXPECT_EQ(a.call(std::string(api::kGyre).append(operation.name), wrong.body),
                  "ERROR " + wrong.message);
      });
    }
  }
  EXPECT_EQ(
      a.call("Gyre.SetLink", R"({"LatencyMs":60001})"),
      "ERROR 1 validation error detected: Value null at 'peer' failed to satisfy constraint: Member must "
      "not be null");
  EXPECT_EQ(
      a.call("Gyre.SetLink", R"({"Peer":"b","LatencyMs":60001})"),
      "ERROR 1 validation error detected: Value '60001' at 'latencyMs' failed to satisfy constraint: Member "
      "must have value less than or equal to 60000");
}

TEST_F(GlobalTablesOverLoopback, CutRegionsConflictAndAgreeOnceHealed) {
  a.fixture.create_table();
  add_replica(a, "b");
  EXPECT_NE(a.call("Gyre.SetLink", R"({"Peer":"b","Cut":true})").find("\"Cut\":true"), std::string::npos);
  b.call("Gyre.SetLink", R"({"Peer":"a","Cut":true})");
  a.fixture.put("x", "of a");
  b.fixture.put("x", "of b");
  const bool b_wins = b.fixture.stored("x").version > a.fixture.stored("x").version;
  a.call("Gyre.SetLink", R"({"Peer":"b","Cut":false})");
  b.call("Gyre.SetLink", R"({"Peer":"a","Cut":false})");
  const std::string winner = b_wins ? "of b" : "of a";
  EXPECT_TRUE(eventually([&] { return a.fixture.get("x") == winner && b.fixture.get("x") == winner; }));
  EXPECT_TRUE(eventually([&] { return a.fixture.conflict_count() == 1 && b.fixture.conflict_count() == 1; }));
  EXPECT_EQ(a.root(), b.root());
  const std::string listed = a.call("Gyre.ListConflicts", R"({"TableName":"T"})");
  EXPECT_NE(listed.find(b_wins ? "of a" : "of b"), std::string::npos) << listed;
  EXPECT_TRUE(eventually([&] {
    return a.call("Gyre.DescribeLinks", "{}").find("\"State\":\"FOLLOWING\"") != std::string::npos;
  }));
  EXPECT_EQ(a.call("Gyre.DigestTable", R"({"TableName":"T"})").substr(0, 26),
            b.call("Gyre.DigestTable", R"({"TableName":"T"})").substr(0, 26));
}

TEST_F(GlobalTablesOverLoopback, AnyMemberAddsAThirdAndRemovesAnother) {
  a.fixture.create_table();
  a.fixture.put("x", "1");
  add_replica(a, "b");
  ASSERT_TRUE(eventually([&] { return member_status(b.fixture, "b") == ReplicaStatus::kActive; }));
  add_replica(b, "c");
  EXPECT_EQ(c.fixture.get("x"), "1");
  c.fixture.put("x", "2");
  EXPECT_TRUE(eventually([&] { return a.fixture.get("x") == "2" && b.fixture.get("x") == "2"; }));

  ASSERT_TRUE(eventually([&] { return member_status(c.fixture, "c") == ReplicaStatus::kActive; }));
  EXPECT_TRUE(c.update_replicas(ReplicaUpdate::Action::kDelete, "b").ok());
  EXPECT_TRUE(eventually([&] { return b.fixture.table() == nullptr; }));
  EXPECT_TRUE(eventually([&] { return !member_status(a.fixture, "b") && !member_status(c.fixture, "b"); }));
  a.fixture.put("x", "3");
  EXPECT_TRUE(eventually([&] { return c.fixture.get("x") == "3"; }));
}

TEST_F(GlobalTablesOverLoopback, DroppingTheOwnersTableHandsTheGroupOn) {
  a.fixture.create_table();
  add_replica(a, "b");
  add_replica(a, "c");
  ASSERT_TRUE(eventually([&] { return member_status(b.fixture, "c") == ReplicaStatus::kActive; }));
  ASSERT_TRUE(a.fixture.drop_table().ok());
  EXPECT_TRUE(eventually([&] {
    const auto table = c.fixture.table();
    return table->schema.group->owner == RegionId("b") && table->schema.group->members.size() == 2;
  }));
  b.fixture.put("x", "still");
  EXPECT_TRUE(eventually([&] { return c.fixture.get("x") == "still"; }));
}

TEST_F(GlobalTablesOverLoopback, AMemberWhoseTableIsDroppedLeavesTheGroupAndMayComeBack) {
  a.fixture.create_table();
  a.fixture.put("x", "1");
  add_replica(a, "b");
  add_replica(a, "c");
  ASSERT_TRUE(eventually([&] { return member_status(c.fixture, "c") == ReplicaStatus::kActive; }));
  ASSERT_TRUE(c.fixture.drop_table().ok());
  EXPECT_TRUE(eventually([&] { return !member_status(a.fixture, "c") && !member_status(b.fixture, "c"); }));
  EXPECT_EQ(a.fixture.table()->schema.group->owner, RegionId("a"));
  b.fixture.put("x", "2");
  EXPECT_TRUE(eventually([&] { return a.fixture.get("x") == "2"; }));
  EXPECT_EQ(c.fixture.table(), nullptr);
  add_replica(b, "c");
  EXPECT_EQ(c.fixture.get("x"), "2");
}

TEST_F(GlobalTablesOverLoopback, TheLastMemberMayBeDroppedToo) {
  a.fixture.create_table();
  add_replica(a, "b");
  ASSERT_TRUE(a.fixture.drop_table().ok());
  ASSERT_TRUE(eventually([&] { return b.fixture.table()->schema.group->members.size() == 1; }));
  EXPECT_EQ(b.fixture.table()->schema.group->owner, RegionId("b"));
  ASSERT_TRUE(b.fixture.drop_table().ok());
  a.fixture.create_table();  // the name is free again, and nobody claims it
  ASSERT_TRUE(eventually([&] { return a.update_replicas(ReplicaUpdate::Action::kCreate, "b").ok(); }));
  ASSERT_TRUE(eventually([&] { return member_status(a.fixture, "b") == ReplicaStatus::kActive; }));
  a.fixture.put("x", "new");
  EXPECT_TRUE(eventually([&] { return b.fixture.get("x") == "new"; }));
}

// What UpdateTable does in a region: adds an index over "v", or lets it go.
void change_index(RegionFixture& at, const std::string& name, bool wanted) {
  ASSERT_TRUE(at.write([&](storage::WriteTransaction& transaction) {
                  TableSchema schema = transaction.catalog().find("T")->schema;
                  schema.settings_stamp =
                      std::max(transaction.clock().last_stamp(), schema.settings_stamp) + 2;
                  if (wanted) {
                    IndexSchema index;
                    index.id = transaction.catalog().new_index_id();
                    index.name = name;
                    index.partition = {{"v", ScalarType::kString}};
                    index.status = IndexStatus::kCreating;
                    schema.indexes.push_back(std::move(index));
                  } else {
                    for (IndexSchema& index : schema.indexes) {
                      if (index.name == name) index.status = IndexStatus::kDeleting;
                    }
                  }
                  return transaction.catalog().put_table(std::move(schema));
                }).ok());
}

// What the builder does in the background.
void build_indexes(RegionFixture& at) {
  while (true) {
    const auto catalog = at.store().catalog().snapshot();
    const auto unfinished = storage::unfinished_indexes(*catalog);
    if (unfinished.empty()) return;
    const auto& [table, index] = unfinished.front();
    const std::atomic<bool> not_interrupted = false;
    const auto step =
        storage::plan_index_step(at.store().engine(), *catalog, table, index, not_interrupted).value();
    ASSERT_TRUE(step.has_value());
    ASSERT_TRUE(storage::carry_out(at.store(), *step).ok());
  }
}

// How many items stand in an index; nullopt if it cannot be read here.
std::optional<std::size_t> entries(RegionFixture& at, const std::string& name) {
  const storage::TablePointer table = at.table();
  const IndexSchema* index = table == nullptr ? nullptr : table->schema.find_index(name);
  if (index == nullptr || index->status != IndexStatus::kActive) return std::nullopt;
  auto [lower, upper] = storage::index_rows(index->id);
  const auto rows = at.store().engine().iterate(storage::Family::kIndexes, {.lower = lower, .upper = upper});
  std::size_t count = 0;
  for (rows->seek_to_first(); rows->valid(); rows->next()) ++count;
  return count;
}

TEST_F(GlobalTablesOverLoopback, IndexesComeAndGoInAllRegions) {
  a.fixture.create_table();
  for (int i = 0; i < 20; ++i) a.fixture.put("k" + std::to_string(i), "v");
  change_index(a.fixture, "before", true);
  build_indexes(a.fixture);
  add_replica(a, "b");
  EXPECT_EQ(entries(b.fixture, "before"), 20U);

  change_index(b.fixture, "later", true);
  ASSERT_TRUE(eventually([&] { return a.fixture.table()->schema.find_index("later") != nullptr; }));
  for (Region* region : {&a, &b}) {
    build_indexes(region->fixture);
    EXPECT_EQ(entries(region->fixture, "later"), 20U);
  }
  a.fixture.put("new", "v");
  EXPECT_TRUE(eventually([&] { return entries(b.fixture, "later") == 21U; }));

  change_index(a.fixture, "before", false);
  ASSERT_TRUE(eventually(
      [&] { return b.fixture.table()->schema.find_index("before")->status == IndexStatus::kDeleting; }));
  build_indexes(b.fixture);
  EXPECT_EQ(b.fixture.table()->schema.find_index("before"), nullptr);
  EXPECT_EQ(entries(b.fixture, "later"), 21U);
}

TEST_F(GlobalTablesOverLoopback, AGroupSaysWhatItsMembersWaitFor) {
  a.fixture.create_table();
  add_replica(a, "b");
  const auto group = [&] { return a.call("Gyre.DescribeGroup", R"({"TableName":"T"})"); };
  EXPECT_NE(group().find(R"("Owner":"a")"), std::string::npos) << group();
  EXPECT_EQ(group().find("WaitsFor"), std::string::npos) << group();
  b.stop();
  ASSERT_TRUE(a.update_replicas(ReplicaUpdate::Action::kDelete, "b").ok());
  EXPECT_NE(group().find("the region has not dropped its table yet"), std::string::npos) << group();
}

TEST_F(GlobalTablesOverLoopback, ChangedLinkSettingsSurviveARestart) {
  a.call("Gyre.SetLink", R"({"Peer":"b","LatencyMs":30,"Cut":true})");
  a.stop();
  a.fixture.crash();
  a.serve();
  a.follow({&b, &c}, clock);
  const std::vector<PeerLinkStatus> links = a.tables->links();
  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(links[0].peer, RegionId("b"));
  EXPECT_EQ(links[0].settings.latency_ms, 30U);
  EXPECT_TRUE(links[0].settings.cut);
  EXPECT_EQ(links[1].settings, LinkSettings());
}

TEST_F(GlobalTablesOverLoopback, RefusesInAwsWords) {
  a.fixture.create_table();
  b.fixture.create_table();
  const auto create = [&](const std::string& region) {
    return a.update_replicas(ReplicaUpdate::Action::kCreate, region);
  };
  EXPECT_EQ(create("a").error().code, ErrorCode::kValidation);
  EXPECT_EQ(create("nowhere").error().code, ErrorCode::kValidation);

  a.stop();  // started anew, it knows nothing of b until it has read of b's table
  a.fixture.crash();
  a.serve();
  a.follow({&b, &c}, clock);
  Status status;
  ASSERT_TRUE(eventually([&] {
    status = create("b");
    return status.ok() || status.error().code != ErrorCode::kUnavailable;
  }));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kValidation) << status.error().message;
  EXPECT_FALSE(a.fixture.table()->schema.group.has_value());
}

TEST_F(GlobalTablesOverLoopback, ANameTakenBeforeItsNewsArrivedFailsTheReplica) {
  a.fixture.create_table();
  b.call("Gyre.SetLink", R"({"Peer":"a","Cut":true})");
  Status status;
  ASSERT_TRUE(eventually([&] {
    status = a.update_replicas(ReplicaUpdate::Action::kCreate, "b");
    return status.ok() || status.error().code != ErrorCode::kUnavailable;
  }));
  ASSERT_TRUE(status.ok()) << status.error().message;
  b.fixture.create_table();
  b.call("Gyre.SetLink", R"({"Peer":"a","Cut":false})");
  EXPECT_TRUE(eventually([&] { return member_status(a.fixture, "b") == ReplicaStatus::kCreationFailed; }));
  EXPECT_FALSE(b.fixture.table()->schema.group.has_value());
}

// Whatever comes in is answered, and is no fault of ours.
TEST_F(GlobalTablesOverLoopback, HostileRequestsAreAnswered) {
  a.fixture.create_table();
  const std::pair<std::string, std::string> kRequests[] = {
      {"Gyre.SetLink", R"({"Peer":"b","LatencyMs":1,"JitterMs":1,"Loss":0.25,"Cut":true})"},
      {"Gyre.DescribeLinks", "{}"},
      {"Gyre.DescribeGroup", R"({"TableName":"T"})"},
      {"Gyre.DigestTable", R"({"TableName":"T"})"},
      {"Gyre.DigestBucket", R"({"TableName":"T","Bucket":1})"},
      {"Gyre.ListConflicts", R"({"TableName":"T","Start":"YQ==","Limit":1})"}};
  for (const auto& [target, valid] : kRequests) {
    json::for_each_mutant(valid, [&, name = target](const std::string& body) {
      a.last_error.reset();
      a.call(name, body);
      EXPECT_NE(a.last_error, ErrorCode::kInternal) << name << " " << body.substr(0, 2000);
      EXPECT_NE(a.last_error, ErrorCode::kCorruption) << name << " " << body.substr(0, 2000);
    });
  }
}

// A was copied from, B was not: with AWS's timings only B may go.
TEST(GlobalTablesWithAwsTimings, ASourceIsNotRemovedForADay) {
  SystemClock clock;
  Region a("a", clock);
  Region b("b", clock);
  for (Region* region : {&a, &b}) region->serve();
  a.fixture.create_table();
  a.follow({&b}, clock, {.aws_timings = true});
  b.follow({&a}, clock, {.aws_timings = true});
  ASSERT_TRUE(eventually([&] { return a.update_replicas(ReplicaUpdate::Action::kCreate, "b").ok(); }));
  ASSERT_TRUE(eventually([&] { return member_status(b.fixture, "b") == ReplicaStatus::kActive; }));

  EXPECT_TRUE(a.tables->replica_control().sourced_lately(a.fixture.table()->schema));
  EXPECT_FALSE(b.tables->replica_control().sourced_lately(b.fixture.table()->schema));
  const Status refused = b.update_replicas(ReplicaUpdate::Action::kDelete, "a");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kValidation);
  EXPECT_EQ(refused.error().message, kSourcedLately);
  EXPECT_TRUE(eventually([&] { return a.update_replicas(ReplicaUpdate::Action::kDelete, "b").ok(); }));
  for (Region* region : {&a, &b}) region->stop();
}

}  // namespace
}  // namespace gyre::global_tables
