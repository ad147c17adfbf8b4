// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/json/json_reader.h"
#include "core/json/json_writer.h"
#include "core/operations/index_examples_test.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

class PartiQlIndexes : public testing::Test {
 protected:
  PartiQlIndexes() {
    region_.call("CreateTable", kTableOfIndexes);
    for (int i = 1; i <= 4; ++i) {
      region_.put("table", fmt::format(R"({{"pk":{{"S":"p"}},"sk":{{"N":"{0}"}},"a":{{"S":"{1}"}},)"
                                       R"("b":{{"N":"{2}"}},"c":{{"S":"c{0}"}},"d":{{"N":"7"}},)"
                                       R"("v":{{"S":"v{0}"}},"w":{{"S":"w{0}"}}}})",
                                       i, i <= 3 ? "x" : "y", 10 - i));
    }
    region_.put("table", R"({"pk":{"S":"p"},"sk":{"N":"5"},"v":{"S":"v5"}})");  // stands in no index
  }

  static std::string request(std::string_view statement, std::string_view more = "") {
    std::string out = R"({"Statement":)";
    json::Writer(out).string(statement);
    return out + std::string(more) + "}";
  }
  std::string run(std::string_view statement, std::string_view more = "") {
    return normal_json(region_.call("ExecuteStatement", request(statement, more)));
  }
  /// The sort keys that a SELECT answers, "1 2 3", through all its pages.
  std::string sort_keys(std::string_view index, std::string_view clauses, int limit = 100) {
    std::string keys;
    std::string token;
    do {
      std::string more = fmt::format(R"(,"Limit":{})", limit);
      if (!token.empty()) more += R"(,"NextToken":")" + token + '"';
      const std::string reply =
          region_.call("ExecuteStatement",
                       request(fmt::format("SELECT sk FROM \"table\".\"{}\" {}", index, clauses), more));
      json::Parser parser;
      const auto page = parser.parse(reply);
      if (!page.ok()) return reply;
      EXPECT_TRUE(page->find("Items")
                      ->for_each_element([&](json::Value item) -> Status {
                        keys +=
                            (keys.empty() ? "" : " ") + std::string(item.find("sk")->find("N")->as_string());
                        return {};
                      })
                      .ok());
      const auto next = page->find("NextToken");
      token = next ? std::string(next->as_string()) : "";
    } while (!token.empty());
    return keys;
  }

  TestRegion region_;
};

TEST_F(PartiQlIndexes, ReadsByTheKeyOfTheIndex) {
  EXPECT_EQ(sort_keys("plain", "WHERE a = 'y'"), "4");
  EXPECT_EQ(sort_keys("sorted", "WHERE a = 'x'"), "3 2 1");
  EXPECT_EQ(sort_keys("sorted", "WHERE a = 'x' AND b > 7"), "2 1");
  EXPECT_EQ(sort_keys("sorted", "WHERE a = 'x' AND b BETWEEN 7 AND 8"), "3 2");
  EXPECT_EQ(sort_keys("sorted", "WHERE a = 'x' ORDER BY b DESC"), "1 2 3");
  EXPECT_EQ(sort_keys("sorted", "WHERE a IN ['y', 'x'] ORDER BY a, b"), "3 2 1 4");
  EXPECT_EQ(sort_keys("local", "WHERE pk = 'p' AND b >= 8"), "2 1");
  EXPECT_EQ(sort_keys("sorted", "WHERE a = 'x' AND v = 'v2'"), "2");
}

// Measured on AWS by a third party: whatever the clause says.
TEST_F(PartiQlIndexes, KeysOfSeveralAttributesAreRefused) {
  for (const char* clause :
       {"WHERE a = 'x' AND d = 7", "WHERE a = 'x' AND d = 7 AND b = 8", "WHERE a = 5", ""}) {
    EXPECT_EQ(run(std::string("SELECT * FROM \"table\".wide ") + clause),
              "validation: PartiQL statements cannot be executed on tables with multi-attribute HASH keys or "
              "multi-attribute RANGE keys.")
        << clause;
  }
}

TEST_F(PartiQlIndexes, ScansWhereTheKeyIsNotNamed) {
  EXPECT_EQ(sort_keys("plain", "WHERE w = 'w3'"), "3");
  EXPECT_EQ(sort_keys("sorted", "WHERE b = 8"), "2");
  EXPECT_EQ(sort_keys("local", ""), "4 3 2 1");
}

TEST_F(PartiQlIndexes, PagesGoOnWhereTheyEnded) {
  for (int limit = 1; limit <= 3; ++limit) {
    EXPECT_EQ(sort_keys("sorted", "WHERE a = 'x'", limit), "3 2 1") << limit;
    EXPECT_EQ(sort_keys("sorted", "WHERE a IN ['x', 'y'] ORDER BY a DESC, b DESC", limit), "4 1 2 3")
        << limit;
    EXPECT_EQ(sort_keys("local", "", limit), "4 3 2 1") << limit;
  }
  EXPECT_NE(run("SELECT sk FROM \"table\".sorted WHERE a = 'x'", R"(,"Limit":1)")
                .find(R"("LastEvaluatedKey":{"a":{"S":"x"},"b":{"N":"7"},"pk":{"S":"p"},"sk":{"N":"3"}})"),
            std::string::npos);
}

// Measured on AWS by a third party, as all that follows.
TEST_F(PartiQlIndexes, AllThatAnIndexAnswersIsWhatItHolds) {
  EXPECT_EQ(run("SELECT * FROM \"table\".sorted WHERE a = 'y'"),
            R"({"Items":[{"a":{"S":"y"},"b":{"N":"6"},"pk":{"S":"p"},"sk":{"N":"4"},"v":{"S":"v4"}}]})");
  EXPECT_EQ(run("SELECT * FROM \"table\".\"local\" WHERE pk = 'p' AND b = 6"),
            R"({"Items":[{"b":{"N":"6"},"pk":{"S":"p"},"sk":{"N":"4"}}]})");
}

TEST_F(PartiQlIndexes, ALocalIndexFetchesTheColumnsThatItDoesNotHold) {
  EXPECT_EQ(run("SELECT w, sk FROM \"table\".\"local\" WHERE pk = 'p' AND b > 8"),
            R"({"Items":[{"sk":{"N":"1"},"w":{"S":"w1"}}]})");
  EXPECT_EQ(run("SELECT w, v, sk, u FROM \"table\".sorted WHERE a = 'x'"),
            "validation: One or more parameter values were invalid: Global secondary index sorted does not "
            "project [w, u]");
}

TEST_F(PartiQlIndexes, FiltersSeeOnlyWhatTheIndexHolds) {
  const auto refused = [](std::string_view index) {
    return fmt::format(
        "validation: One or more parameter values were invalid: Secondary index {} does not project one or "
        "more filter attributes: [w]",
        index);
  };
  EXPECT_EQ(run("SELECT sk FROM \"table\".sorted WHERE a = 'x' AND w = 'w1'"), refused("sorted"));
  EXPECT_EQ(run("SELECT sk FROM \"table\".\"local\" WHERE pk = 'p' AND NOT w IS MISSING"), refused("local"));
  EXPECT_EQ(run("SELECT sk FROM \"table\".sorted WHERE a IN ['x', 'y'] AND w = 'w1'"), refused("sorted"));
  // A scan, and what stands in OR, finds nothing there.
  EXPECT_EQ(sort_keys("sorted", "WHERE w = 'w1'"), "");
  EXPECT_EQ(sort_keys("local", "WHERE w = 'w1'"), "");
  EXPECT_EQ(sort_keys("sorted", "WHERE (a = 'x' AND w = 'w1') OR a = 'y'"), "4");
}

TEST_F(PartiQlIndexes, RefusesWhatAwsRefuses) {
  EXPECT_EQ(run("SELECT * FROM \"table\".nowhere WHERE a = 'x'"),
            "validation: The table does not have the specified index");
  EXPECT_EQ(run("SELECT * FROM \"table\".plain WHERE a = 'x'", R"(,"ConsistentRead":true)"),
            "validation: Strongly consistent read is not supported on Global Secondary Indexes");
  EXPECT_EQ(run("SELECT * FROM \"table\".plain WHERE a = 1"),
            "validation: Key attribute's data type should match its data type in table's schema: Key a");
  EXPECT_EQ(run("UPDATE \"table\".plain SET v = 1 WHERE pk = 'p' AND sk = 1"),
            "validation: This operation is not supported on an index");
}

}  // namespace
}  // namespace gyre::operations
