// SPDX-License-Identifier: Apache-2.0
#include "country_tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
