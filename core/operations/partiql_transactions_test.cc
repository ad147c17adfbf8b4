// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/json/json_writer.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

class PartiQlTransactions : public testing::Test {
 protected:
  PartiQlTransactions() {
    region_.create_table("music", "S");
    for (const char* sk : {"1", "2"}) {
      region_.put("music", fmt::format(R"({{"pk":{{"S":"a"}},"sk":{{"S":"{}"}},"n":{{"N":"1"}}}})", sk));
    }
  }

  std::string run(const std::vector<std::string>& statements, std::string_view more = "") {
    std::string list;
    for (const std::string& statement : statements) {
      if (!list.empty()) list += ',';
      if (statement.starts_with('{')) {
        list += statement;
        continue;
      }
      list += R"({"Statement":)";
      json::Writer(list).string(statement);
      list += '}';
    }
    return normal_json(region_.call("ExecuteTransaction",
                                    R"({"TransactStatements":[)" + list + "]" + std::string(more) + "}"));
  }
  void expect_cancelled(const std::vector<std::string>& statements, std::string_view codes,
                        std::string_view reasons) {
    EXPECT_EQ(
        run(statements),
        fmt::format("transaction_canceled: Transaction cancelled, please refer cancellation reasons for "
                    "specific reasons [{}] \"CancellationReasons\":[{}]",
                    codes, reasons));
  }
  std::string item(std::string_view pk, std::string_view sk) {
    return normal_json(region_.call(
        "GetItem",
        fmt::format(R"({{"TableName":"music","Key":{{"pk":{{"S":"{}"}},"sk":{{"S":"{}"}}}}}})", pk, sk)));
  }

  TestRegion region_;
};

TEST_F(PartiQlTransactions, WritesAllThatTheStatementsSay) {
  EXPECT_EQ(run({"INSERT INTO music VALUE {'pk': 'new', 'sk': '1'}",
                 "UPDATE music SET n = n + 1 WHERE pk = 'a' AND sk = '1' AND n = 1",
                 "DELETE FROM music WHERE pk = 'a' AND sk = '2'",
                 "EXISTS(SELECT * FROM music WHERE pk = 'none' AND sk = '1' AND n IS MISSING)"}),
            "{\"Responses\":[]}");
  EXPECT_EQ(item("new", "1"), R"({"Item":{"pk":{"S":"new"},"sk":{"S":"1"}}})");
  EXPECT_EQ(item("a", "1"), R"({"Item":{"n":{"N":"2"},"pk":{"S":"a"},"sk":{"S":"1"}}})");
  EXPECT_EQ(item("a", "2"), "{}");
}

TEST_F(PartiQlTransactions, ReadItemsByTheirKeysInTheOrderOfTheStatements) {
  EXPECT_EQ(
      run({"SELECT n FROM music WHERE pk = 'a' AND sk = '2'",
           R"({"Statement":"SELECT * FROM music WHERE pk = ? AND sk IN [?]","Parameters":[{"S":"x"},{"S":"1"}]})",
           "SELECT * FROM music WHERE pk = 'a' AND sk = '1'"},
          R"(,"ReturnConsumedCapacity":"TOTAL")"),
      R"({"ConsumedCapacity":[{"CapacityUnits":6,"ReadCapacityUnits":6,"TableName":"music"}],)"
      R"("Responses":[{"Item":{"n":{"N":"1"}}},{},{"Item":{"n":{"N":"1"},"pk":{"S":"a"},"sk":{"S":"1"}}}]})");
}

TEST_F(PartiQlTransactions, AnyFailureCancelsAllAndEachHasItsReason) {
  expect_cancelled(
      {"INSERT INTO music VALUE {'pk': 'new', 'sk': '1'}", "INSERT INTO music VALUE {'pk': 'a', 'sk': '1'}",
       "UPDATE music SET n = 5 WHERE pk = 'nobody' AND sk = '1'",
       "EXISTS(SELECT * FROM music WHERE pk = 'a' AND sk = '2' AND n = 9)"},
      "None, DuplicateItem, ConditionalCheckFailed, ConditionalCheckFailed",
      R"({"Code":"None"},{"Code":"DuplicateItem","Message":"Duplicate primary key exists in table"},)"
      R"({"Code":"ConditionalCheckFailed","Message":"The conditional request failed"},)"
      R"({"Code":"ConditionalCheckFailed","Message":"The conditional request failed"})");
  EXPECT_EQ(item("new", "1"), "{}");
}

TEST_F(PartiQlTransactions, TheItemOfAFailedConditionComesIfItIsAskedFor) {
  expect_cancelled({R"({"Statement":"DELETE FROM music WHERE pk = 'a' AND sk = '1' AND n = 9",)"
                    R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD"})"},
                   "ConditionalCheckFailed",
                   R"({"Code":"ConditionalCheckFailed","Message":"The conditional request failed",)"
                   R"("Item":{"n":{"N":"1"},"pk":{"S":"a"},"sk":{"S":"1"}}})");
}

TEST_F(PartiQlTransactions, TablesAndKeysThatDoNotFitCancel) {
  const std::string mismatch =
      R"({"Code":"ValidationError","Message":"The provided key element does not match the schema"})";
  expect_cancelled(
      {"DELETE FROM nowhere WHERE pk = 'a'", "DELETE FROM music WHERE pk = 'a'",
       "UPDATE music SET n = 1 WHERE pk = 'b' AND sk = 1",
       "DELETE FROM music WHERE pk = 'c' AND sk = '1' AND pk = 'd'", "INSERT INTO music VALUE {'pk': 'a'}"},
      "ResourceNotFound, ValidationError, ValidationError, ValidationError, ValidationError",
      R"({"Code":"ResourceNotFound","Message":"Requested resource not found"},)" + mismatch + "," + mismatch +
          "," + mismatch +
          R"(,{"Code":"ValidationError","Message":"One or more parameter values were invalid: Missing the key sk in the item"})");
  expect_cancelled({"SELECT * FROM nowhere WHERE pk = 'a'", "SELECT * FROM music WHERE pk = 'a' AND sk = 1"},
                   "ResourceNotFound, ValidationError",
                   R"({"Code":"ResourceNotFound","Message":"Requested resource not found"},)" + mismatch);
}

TEST_F(PartiQlTransactions, WhatNoTransactionCanDoIsToldOfItsStatement) {
  const auto expect_refused = [&](std::string_view statement, std::string_view message) {
    EXPECT_EQ(run({"DELETE FROM music WHERE pk = 'z' AND sk = '1'", std::string(statement)}),
              fmt::format("validation: Validation failed in TransactStatements[1]: {}", message));
  };
  const std::string_view no_check = "EXISTS() must contain a single item read with additional condition";
  expect_refused("SELECT * FROM music WHERE",
                 "Statement wasn't well formed, can't be processed: Unexpected term");
  expect_refused("DELETE FROM music WHERE pk = ?",
                 "Number of parameters in request and statement don't match.");
  expect_refused("DELETE FROM music WHERE pk = 'a' AND sk = '1' RETURNING ALL OLD *",
                 "RETURNING clause is not supported in ExecuteTransaction.");
  expect_refused("UPDATE music SET n = 1 WHERE pk = 'a' AND sk = '1' RETURNING MODIFIED NEW *",
                 "RETURNING clause is not supported in ExecuteTransaction.");
  expect_refused("SELECT * FROM music.byname WHERE pk = 'a'",
                 "Reads on indices are not supported within transactions.");
  expect_refused("EXISTS(SELECT * FROM music.byname WHERE pk = 'a' AND sk = '1' AND n = 1)",
                 "Operations on indices are not supported in transactions");
  for (const std::string_view where : {"", " WHERE pk = 'a' AND sk = '1'", " WHERE pk = 'a' AND n = 1",
                                       " WHERE pk IN ['a'] AND sk = '1' AND n = 1"}) {
    expect_refused(fmt::format("EXISTS(SELECT * FROM music{})", where), no_check);
  }
  for (const std::string where :
       {"pk = 'a'", "pk = 'a' AND sk = '1' AND n = 1", "pk IN ['a', 'b'] AND sk = '1'"}) {
    EXPECT_EQ(run({"SELECT * FROM music WHERE " + where}),
              "validation: Validation failed in TransactStatements[0]: Select statements within "
              "ExecuteTransaction must specify the primary key in the where clause.");
  }
}

TEST_F(PartiQlTransactions, AreAllReadsOrAllWritesAndNameNoItemTwice) {
  EXPECT_EQ(run({"SELECT * FROM music WHERE pk = 'a' AND sk = '1'",
                 "EXISTS(SELECT * FROM music WHERE pk = 'a' AND sk = '2' AND n = 1)"}),
            "validation: ExecuteTransaction API does not support both read and write operations in the same "
            "request.");
  const std::string twice = "validation: Transaction request cannot include multiple operations on one item";
  EXPECT_EQ(run({"DELETE FROM music WHERE pk = 'a' AND sk = '1'",
                 "EXISTS(SELECT * FROM music WHERE pk = 'a' AND sk = '1' AND n = 1)"}),
            twice);
  EXPECT_EQ(run({"SELECT n FROM music WHERE pk = 'a' AND sk = '1'",
                 "SELECT pk FROM music WHERE pk = 'a' AND sk = '1'"}),
            twice);
}

TEST_F(PartiQlTransactions, HaveOneStatementTo100) {
  EXPECT_EQ(region_.call("ExecuteTransaction", "{}"),
            "validation: 1 validation error detected: Value null at 'transactStatements' failed to satisfy "
            "constraint: Member must not be null");
  EXPECT_EQ(run({}),
            "validation: 1 validation error detected: Value '[]' at 'transactStatements' failed to satisfy "
            "constraint: Member must have length greater than or equal to 1");
  std::vector<std::string> statements;
  for (int i = 0; i < 100; ++i) {
    statements.push_back(fmt::format("INSERT INTO music VALUE {{'pk': 'many', 'sk': '{}'}}", i));
  }
  EXPECT_EQ(run(statements), R"({"Responses":[]})");
  statements.emplace_back("INSERT INTO music VALUE {'pk': 'more', 'sk': '1'}");
  EXPECT_TRUE(run(statements).ends_with("Member must have length less than or equal to 100"));
  EXPECT_EQ(run({R"({"Statement":""})"}),
            "validation: 1 validation error detected: Value '' at 'transactStatements.1.member.statement' "
            "failed to satisfy constraint: Member must have length greater than or equal to 1");
}

TEST_F(PartiQlTransactions, ARepeatedTokenWritesOnceAndCostsAReading) {
  const std::string more = R"(,"ClientRequestToken":"t","ReturnConsumedCapacity":"TOTAL")";
  const std::string count = "UPDATE music SET n = n + 1 WHERE pk = 'a' AND sk = '1'";
  EXPECT_EQ(run({count}, more),
            "{\"ConsumedCapacity\":[{\"CapacityUnits\":2,\"TableName\":\"music\",\"WriteCapacityUnits\":2}],"
            "\"Responses\":[]}");
  EXPECT_EQ(run({count}, more),
            "{\"ConsumedCapacity\":[{\"CapacityUnits\":2,\"ReadCapacityUnits\":2,\"TableName\":\"music\"}],"
            "\"Responses\":[]}");
  EXPECT_EQ(item("a", "1"), R"({"Item":{"n":{"N":"2"},"pk":{"S":"a"},"sk":{"S":"1"}}})");
  EXPECT_TRUE(
      run({"DELETE FROM music WHERE pk = 'a' AND sk = '1'"}, more).starts_with("idempotent_mismatch: "));
}

}  // namespace
}  // namespace gyre::operations
