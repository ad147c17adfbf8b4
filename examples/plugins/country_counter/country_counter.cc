// SPDX-License-Identifier: Apache-2.0

// Counts the cities of each country: follows a table whose items carry an attribute `country`, and keeps
// {country, cities} in the table `country_counts`. Progress and counts are committed together, so the counts
// are exact whatever crashes in between.

#include <gyre/plugin.h>

#include <string>

#include "country_tally.h"

namespace {

constexpr const char* kCountsTable = "country_counts";
constexpr const char* kCountryAttribute = "country";
constexpr const char* kCitiesAttribute = "cities";

class CountryCounter : public gyre::plugin::Consumer {
 public:
  void process(const gyre::plugin::Batch& batch, gyre::plugin::Result& result) override {
    CountryTally tally;
    for (const gyre::plugin::Record record : batch) {
      // Views of the images hold until process() returns; a missing image has no country.
      tally.move(record.old_image().string(kCountryAttribute), record.new_image().string(kCountryAttribute));
    }
    // One write for each country, however many cities the batch holds.
    for (const auto& [country, change] : tally.changes()) {
      // A key of DynamoDB cannot be empty, so cities of no country are not counted.
      if (change == 0 || country.empty()) continue;
      result.add_number(kCountsTable, country_key_json(country), kCitiesAttribute, std::to_string(change));
    }
  }
};

}  // namespace

GYRE_PLUGIN(CountryCounter, "country_counter", "1.0")
