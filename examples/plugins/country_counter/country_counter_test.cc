// SPDX-License-Identifier: Apache-2.0
#include "country_tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consumers/plugin_session.h"
#include "core/model/item_codec.h"

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(CountryTally, CountsNewMovedAndRemovedCities) {
  CountryTally tally;
  tally.move(std::nullopt, "FR");  // insert
  tally.move(std::nullopt, "FR");
  tally.move("FR", "DE");          // modify
  tally.move("IT", std::nullopt);  // remove
  EXPECT_THAT(tally.changes(), ElementsAre(Pair("DE", 1), Pair("FR", 1), Pair("IT", -1)));
}

TEST(CountryTally, AChangeThatKeepsTheCountryCountsNothing) {
  CountryTally tally;
  tally.move("FR", "FR");
  tally.move(std::nullopt, std::nullopt);
  EXPECT_THAT(tally.changes(), IsEmpty());
}

TEST(CountryTally, OppositeChangesCancelOut) {
  CountryTally tally;
  tally.move("FR", "DE");
  tally.move("DE", "FR");
  EXPECT_THAT(tally.changes(), ElementsAre(Pair("DE", 0), Pair("FR", 0)));
}

TEST(CountryKey, EscapesWhatJsonMustEscape) {
  EXPECT_EQ(country_key_json("Côte d'Ivoire"), R"({"country":{"S":"Côte d'Ivoire"}})");
  EXPECT_EQ(country_key_json("a\"b\\c\n"), R"({"country":{"S":"a\"b\\c\u000a"}})");
}

using gyre::AttributeValue;
using gyre::storage::ChangeKind;
using gyre::storage::ChangeRecord;

std::string city(const std::string& country) {
  return gyre::encode_item(
      {{"country", AttributeValue::string(country)}, {"id", AttributeValue::string("1")}});
}

TEST(CountryCounter, AddsOneNumberForEachCountryOfABatch) {
  const auto library = gyre::consumers::load_plugin(COUNTRY_COUNTER);
  ASSERT_TRUE(library.ok()) << library.error().message;
  auto session = gyre::consumers::PluginSession::create(*library, {"here", "cities", "country_counter"});
  ASSERT_TRUE(session.ok());

  gyre::consumers::Delivery batch;
  const auto add = [&](ChangeKind kind, std::string old_image, std::string new_image) {
    ChangeRecord& record = batch.records.emplace_back();
    record.sequence = gyre::SequenceNumber(batch.records.size());
    record.kind = kind;
    record.old_image = std::move(old_image);
    record.new_image = std::move(new_image);
  };
  add(ChangeKind::kInsert, "", city("FR"));
  add(ChangeKind::kInsert, "", city("FR"));
  add(ChangeKind::kModify, city("IT"), city("DE"));
  add(ChangeKind::kModify, city("ES"), city("ES"));
  add(ChangeKind::kRemove, city("IT"), "");
  const auto outcome = (*session)->deliver(batch);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->accepted_through, gyre::SequenceNumber(5));
  std::vector<std::string> amounts;
  for (const auto& write : outcome->writes) {
    EXPECT_EQ(write.table_name, "country_counts");
    EXPECT_EQ(write.attribute, "cities");
    amounts.push_back(gyre::decode_item(write.item)->find("country")->as_string() + " " + write.amount);
  }
  EXPECT_THAT(amounts, ElementsAre("DE 1", "FR 2", "IT -2"));
}

}  // namespace
