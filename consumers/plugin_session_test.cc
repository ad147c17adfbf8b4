// SPDX-License-Identifier: Apache-2.0
#include "consumers/plugin_session.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/item_codec.h"

namespace gyre::consumers {
namespace {

using testing::HasSubstr;

std::string plugin_path(const std::string& name) {
  return std::string(GYRE_TEST_PLUGINS) + "/" + name + ".so";
}

std::string refusal_of(const std::string& path) {
  const auto loaded = load_plugin(path);
  EXPECT_FALSE(loaded.ok());
  return loaded.ok() ? "" : loaded.error().message;
}

TEST(LoadPlugin, SaysInOneLineWhyALibraryIsRefused) {
  EXPECT_THAT(refusal_of("/no/such/plugin.so"), HasSubstr("/no/such/plugin.so: no such file"));
  EXPECT_THAT(refusal_of("/etc/passwd"), HasSubstr("cannot be loaded"));
  EXPECT_THAT(refusal_of(plugin_path("no_symbol")), HasSubstr("does not export gyre_plugin_query"));
  const std::string future = refusal_of(plugin_path("future_version"));
  EXPECT_THAT(future, HasSubstr("made for plugin ABI version 7 to 9, this gyre speaks 1"));
  EXPECT_THAT(future, testing::Not(HasSubstr("\n")));
}

TEST(LoadPlugin, AgreesOnAVersionInBothRanges) {
  gyre_plugin table{};
  table.size = sizeof(table);
  table.create = [](const gyre_host*, void**) -> std::int32_t { return GYRE_OK; };
  table.process = [](void*, const gyre_batch*, gyre_result*) -> std::int32_t { return GYRE_OK; };
  table.destroy = [](void*) {};
  table.abi_min = 1;
  table.abi_max = 100;
  EXPECT_EQ(*negotiate_abi(&table, "x"), kHostAbiMax);
  table.size = 8;
  EXPECT_FALSE(negotiate_abi(&table, "x").ok()) << "too short a table";
  table.size = sizeof(table);
  table.process = nullptr;
  EXPECT_FALSE(negotiate_abi(&table, "x").ok());
  EXPECT_FALSE(negotiate_abi(nullptr, "x").ok()) << "the plugin refuses us";
}

class PluginSessionTest : public testing::Test {
 protected:
  static Item item(const std::string& action) {
    return {{"id", AttributeValue::string(action)},
            {"do", AttributeValue::string(action)},
            {"n", AttributeValue::number(Number::from_int(7))},
            {"list", AttributeValue::list({AttributeValue::boolean(true)})}};
  }
  static Delivery delivery(const std::vector<std::string>& actions) {
    Delivery delivery{.shard = ShardId(5), .state = "old"};
    for (std::size_t i = 0; i < actions.size(); ++i) {
      storage::ChangeRecord record;
      record.sequence = SequenceNumber(10 + i);
      record.keys = encode_item({{"id", AttributeValue::string(actions[i])}});
      record.new_image = encode_item(item(actions[i]));
      delivery.records.push_back(record);
    }
    return delivery;
  }

  std::unique_ptr<PluginSession> session_ =
      *PluginSession::create(*load_plugin(plugin_path("steered")), {"here", "cities", "counter"});
};

TEST_F(PluginSessionTest, ReturnsProgressStateAndWrites) {
  const auto outcome = session_->deliver(delivery({"a", "b", "reject"}));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->accepted_through, SequenceNumber(12));
  EXPECT_EQ(outcome->state, "counter 3 old");
  ASSERT_EQ(outcome->failures.size(), 1u);
  EXPECT_EQ(outcome->failures[0].failure, FailureClass::kReject);
  ASSERT_EQ(outcome->writes.size(), 1u);
  EXPECT_EQ(outcome->writes[0].table_name, "counts");
  EXPECT_EQ(outcome->writes[0].amount, "2");
  EXPECT_EQ(outcome->writes[0].item, encode_item({{"id", AttributeValue::string("all")}}));
}

TEST_F(PluginSessionTest, AnExceptionIsAFailedCall) {
  const auto outcome = session_->deliver(delivery({"a", "throw"}));
  ASSERT_TRUE(outcome.ok());
  EXPECT_TRUE(outcome->call_failed);
}

TEST_F(PluginSessionTest, FatalKeepsWhatWasAcceptedBefore) {
  const Delivery given = delivery({"a", "fatal", "b"});
  const auto outcome = session_->deliver(given);
  ASSERT_TRUE(outcome.ok());
  const auto verdict = judge(given, *outcome);
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(verdict->accepted, 1u);
  EXPECT_EQ(verdict->next, Verdict::Next::kStop);
}

TEST_F(PluginSessionTest, AMalformedWriteIsAnError) {
  const auto outcome = session_->deliver(delivery({"bad json"}));
  ASSERT_FALSE(outcome.ok());
  EXPECT_THAT(outcome.error().message, HasSubstr("put_item to table counts"));
}

TEST_F(PluginSessionTest, TheEndOfAShardHasEffectsToo) {
  const auto outcome = session_->deliver({.shard = ShardId(5), .shard_end = true});
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->writes.size(), 1u);
}

TEST_F(PluginSessionTest, ACrashEndsTheProcessThatHoldsIt) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT((void)session_->deliver(delivery({"crash"})), testing::KilledBySignal(SIGABRT), "");
}

// A plugin in the test itself, to look at what the host shows.
std::string seen;

TEST(HostFunctions, ShowImagesAsJsonAndByAttribute) {
  gyre_plugin table{};
  table.create = [](const gyre_host* host, void** instance) -> std::int32_t {
    *instance = const_cast<gyre_host*>(host);
    return GYRE_OK;
  };
  table.destroy = [](void*) {};
  table.process = [](void* instance, const gyre_batch* batch, gyre_result* result) -> std::int32_t {
    const auto* host = static_cast<const gyre_host*>(instance);
    const gyre_record& record = *batch->records[0];
    const gyre_text json = host->image_json(record.new_image);
    seen.assign(json.data, json.size);
    for (const std::string name : {"n", "list", "do", "missing"}) {
      gyre_attribute found{};
      found.size = sizeof(found);
      const std::int32_t status = host->find_attribute(record.new_image, {name.data(), name.size()}, &found);
      seen += " " + name + "=" + (status == GYRE_OK ? std::string(found.text.data, found.text.size) : "none");
    }
    seen += record.old_image == nullptr ? " new" : " old";
    return host->accept_through(result, record.sequence);
  };
  const auto session = PluginSession::create({&table, 1, "test"}, {"here", "cities", "counter"});
  Delivery given;
  storage::ChangeRecord& record = given.records.emplace_back();
  record.sequence = SequenceNumber(1);
  record.new_image = encode_item({{"do", AttributeValue::string("x")},
                                  {"list", AttributeValue::list({AttributeValue::boolean(true)})},
                                  {"n", AttributeValue::number(Number::from_int(-7))}});
  ASSERT_TRUE((*session)->deliver(given).ok());
  EXPECT_EQ(seen, R"({"do":{"S":"x"},"list":{"L":[{"BOOL":true}]},"n":{"N":"-7"}})"
                  R"( n=-7 list={"L":[{"BOOL":true}]} do=x missing=none new)");
}

}  // namespace
}  // namespace gyre::consumers
