// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/json/json_reader.h"
#include "core/json/json_writer.h"
#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

std::string json_text(std::string_view text) {
  std::string out;
  json::Writer(out).string(text);
  return out;
}

class PartiQl : public testing::Test {
 protected:
  PartiQl() { region_.create_table("music", "S"); }

  static std::string request(std::string_view statement, std::string_view more = "") {
    return R"({"Statement":)" + json_text(statement) + std::string(more) + "}";
  }
  std::string run(std::string_view statement, std::string_view more = "") {
    return normal_json(region_.call("ExecuteStatement", request(statement, more)));
  }
  void expect(std::string_view statement, std::string_view answer, std::string_view more = "") {
    region_.expect("ExecuteStatement", request(statement, more), answer);
  }
  void expect_refused(std::string_view statement, std::string_view message, std::string_view more = "") {
    EXPECT_EQ(run(statement, more), "validation: " + std::string(message)) << statement;
  }
  void put(std::string_view pk, std::string_view sk, std::string_view more = "") {
    region_.put("music", R"({"pk":{"S":")" + std::string(pk) + R"("},"sk":{"S":")" + std::string(sk) +
                             R"("})" + std::string(more) + "}");
  }
  void expect_item(std::string_view pk, std::string_view sk, std::string_view item) {
    region_.expect("GetItem",
                   R"({"TableName":"music","Key":{"pk":{"S":")" + std::string(pk) + R"("},"sk":{"S":")" +
                       std::string(sk) + R"("}}})",
                   item);
  }
  /// The sort keys that a SELECT answers, "1 2 3", through all its pages.
  std::string sort_keys(std::string_view clauses, int limit = 100) {
    std::string keys;
    std::string token;
    do {
      json::Parser parser;
      const std::string more = R"(,"Limit":)" + std::to_string(limit) +
                               (token.empty() ? "" : R"(,"NextToken":)" + json_text(token));
      const std::string reply =
          region_.call("ExecuteStatement", request("SELECT sk FROM music " + std::string(clauses), more));
      const auto page = parser.parse(reply);
      if (!page.ok()) return reply;
      EXPECT_TRUE(page->find("Items")
                      ->for_each_element([&](json::Value item) -> Status {
                        keys +=
                            (keys.empty() ? "" : " ") + std::string(item.find("sk")->find("S")->as_string());
                        return {};
                      })
                      .ok());
      const auto next = page->find("NextToken");
      EXPECT_EQ(next.has_value(), page->find("LastEvaluatedKey").has_value());
      token = next ? std::string(next->as_string()) : "";
    } while (!token.empty());
    return keys;
  }

  TestRegion region_;
};

// --- writes ---

TEST_F(PartiQl, InsertMakesAnItemOnce) {
  const std::string_view insert = "INSERT INTO music VALUE {'pk': 'a', 'sk': '1', 'n': ?}";
  const std::string_view parameters = R"(,"Parameters":[{"N":"5"}])";
  expect(insert, R"({"Items":[]})", parameters);
  expect_item("a", "1", R"({"Item":{"pk":{"S":"a"},"sk":{"S":"1"},"n":{"N":"5"}}})");
  expect(insert, "duplicate_item: Duplicate primary key exists in table", parameters);
}

TEST_F(PartiQl, UpdateChangesAnItemThatIsThere) {
  put("a", "1", R"(,"n":{"N":"5"},"gone":{"S":"x"})");
  expect("UPDATE music SET n = n - 1 REMOVE gone WHERE pk = 'a' AND sk = '1'", R"({"Items":[]})");
  expect_item("a", "1", R"({"Item":{"pk":{"S":"a"},"sk":{"S":"1"},"n":{"N":"4"}}})");
  expect("FROM music WHERE pk = 'a' AND sk = '1' AND n = 4 SET n = 9", R"({"Items":[]})");
  expect_item("a", "1", R"({"Item":{"pk":{"S":"a"},"sk":{"S":"1"},"n":{"N":"9"}}})");
}

TEST_F(PartiQl, UpdateMakesNoItem) {
  const std::string failed = "conditional_check_failed: The conditional request failed";
  expect("UPDATE music SET n = 1 WHERE pk = 'a' AND sk = '1'", failed);
  expect("UPDATE music SET n = 1 WHERE pk = 'a' AND sk = '1' AND attribute_not_exists(pk)", failed);
  expect_item("a", "1", "{}");
}

TEST_F(PartiQl, FurtherConditionsGuardWrites) {
  put("a", "1", R"(,"name":{"S":"alpha"})");
  const std::string failed = "conditional_check_failed: The conditional request failed";
  expect("UPDATE music SET n = 1 WHERE pk = 'a' AND sk = '1' AND name = 'beta'", failed);
  expect("DELETE FROM music WHERE pk = 'a' AND sk = '1' AND NOT begins_with(name, 'al')", failed);
  expect("DELETE FROM music WHERE pk = 'a' AND sk = '1' AND name = 'beta'",
         failed + R"( "Item":{"name":{"S":"alpha"},"pk":{"S":"a"},"sk":{"S":"1"}})",
         R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD")");
  expect_item("a", "1", R"({"Item":{"pk":{"S":"a"},"sk":{"S":"1"},"name":{"S":"alpha"}}})");
  expect("DELETE FROM music WHERE pk = 'a' AND sk = '1' AND name = 'alpha'", R"({"Items":[]})");
  expect_item("a", "1", "{}");
}

TEST_F(PartiQl, DeleteOfNothingIsFine) {
  expect("DELETE FROM music WHERE pk = 'a' AND sk = '1'", R"({"Items":[]})");
  expect("DELETE FROM music WHERE pk = 'a' AND sk = '1' AND name = 'x'", R"({"Items":[]})");
  expect("DELETE FROM music WHERE pk = 'a' AND sk = '1' RETURNING ALL OLD *", R"({"Items":[]})");
}

TEST_F(PartiQl, ReturningAnswersWhatWasOrIs) {
  const auto update = [&](std::string_view clauses, std::string_view returning) {
    put("a", "1", R"(,"n":{"N":"1"},"l":{"L":[{"S":"a"},{"S":"b"},{"S":"c"}]})");
    return run("UPDATE music " + std::string(clauses) + " WHERE pk = 'a' AND sk = '1' RETURNING " +
               std::string(returning) + " *");
  };
  const std::string l = R"("l":{"L":[{"S":"a"},{"S":"b"},{"S":"c"}]},)";
  const std::string key = R"("pk":{"S":"a"},"sk":{"S":"1"})";
  EXPECT_EQ(update("SET n = 2", "ALL OLD"), R"({"Items":[{)" + l + R"("n":{"N":"1"},)" + key + "}]}");
  EXPECT_EQ(update("SET n = 2", "ALL NEW"), R"({"Items":[{)" + l + R"("n":{"N":"2"},)" + key + "}]}");
  EXPECT_EQ(update("SET n = 2", "MODIFIED OLD"), R"({"Items":[{"n":{"N":"1"}}]})");
  EXPECT_EQ(update("SET n = 2", "MODIFIED NEW"), R"({"Items":[{"n":{"N":"2"}}]})");
  // What is not there is not answered, and elements of lists close up.
  EXPECT_EQ(update("REMOVE n", "MODIFIED NEW"), R"({"Items":[]})");
  EXPECT_EQ(update("SET x = 1", "MODIFIED OLD"), R"({"Items":[]})");
  EXPECT_EQ(update("SET l[2] = 'y', l[0] = 'x'", "MODIFIED NEW"),
            R"({"Items":[{"l":{"L":[{"S":"x"},{"S":"y"}]}}]})");
  EXPECT_EQ(update("SET l[5] = 'd'", "MODIFIED NEW"), R"({"Items":[]})");
  EXPECT_EQ(update("REMOVE l[1]", "MODIFIED NEW"), R"({"Items":[{"l":{"L":[{"S":"c"}]}}]})");
  expect("DELETE FROM music WHERE pk = 'a' AND sk = '1' RETURNING ALL OLD *",
         R"({"Items":[{"l":{"L":[{"S":"a"},{"S":"c"}]},"n":{"N":"1"},)" + key + "}]}");
}

TEST_F(PartiQl, SetsGrowAndShrink) {
  put("a", "1", R"(,"ss":{"SS":["a","b"]})");
  const std::string where = " WHERE pk = 'a' AND sk = '1' RETURNING MODIFIED NEW *";
  expect("UPDATE music SET ss = set_add(ss, <<'c', 'a'>>)" + where,
         R"({"Items":[{"ss":{"SS":["a","b","c"]}}]})");
  expect("UPDATE music SET ss = set_delete(ss, <<'a', 'b', 'c'>>)" + where, R"({"Items":[]})");
  expect("UPDATE music SET ss = set_add(ss, ?)" + where, R"({"Items":[{"ss":{"NS":["1"]}}]})",
         R"(,"Parameters":[{"NS":["1"]}])");
  expect_refused("UPDATE music SET ss = set_add(ss, <<'x'>>)" + where,
                 "An operand in the update expression has an incorrect data type");
}

// --- reads ---

TEST_F(PartiQl, SelectAnswersItemsOrColumns) {
  put("a", "1", R"(,"m":{"M":{"k":{"L":[{"S":"c"}]}}})");
  expect("SELECT * FROM music WHERE pk = 'a' AND sk = '1'",
         R"({"Items":[{"pk":{"S":"a"},"sk":{"S":"1"},"m":{"M":{"k":{"L":[{"S":"c"}]}}}}]})");
  expect("SELECT sk, m.k[0], nope FROM music WHERE pk = ?",
         R"({"Items":[{"sk":{"S":"1"},"k[0]":{"S":"c"}}]})", R"(,"Parameters":[{"S":"a"}])");
  expect("SELECT nope FROM music WHERE pk = 'a'", R"({"Items":[{}]})");
  expect("SELECT * FROM music WHERE pk = 'b'", R"({"Items":[]})");
  expect("SELECT pk FROM \"arn:aws:dynamodb:eu-west-1:000000000000:table/music\" WHERE sk = '1'",
         R"({"Items":[{"pk":{"S":"a"}}]})");
}

TEST_F(PartiQl, SelectReadsRangesFiltersAndOrders) {
  for (const char* sk : {"1", "2", "3"}) put("a", sk, R"(,"n":{"N":")" + std::string(sk) + R"("})");
  put("b", "4");
  EXPECT_EQ(sort_keys("WHERE pk = 'a'"), "1 2 3");
  EXPECT_EQ(sort_keys("WHERE pk = 'a' AND sk > '1'"), "2 3");
  EXPECT_EQ(sort_keys("WHERE pk = 'a' AND sk BETWEEN '1' AND '2'"), "1 2");
  EXPECT_EQ(sort_keys("WHERE pk = 'a' AND begins_with(sk, '2')"), "2");
  EXPECT_EQ(sort_keys("WHERE pk = 'a' AND NOT sk = '2'"), "1 3");
  EXPECT_EQ(sort_keys("WHERE pk = 'a' AND sk <> '1' OR pk = 'a' AND sk = '1'"), "1 2 3");
  EXPECT_EQ(sort_keys("WHERE pk = 'a' AND n >= 2 AND n IS NOT MISSING"), "2 3");
  EXPECT_EQ(sort_keys("WHERE pk IN ['b', 'a'] AND sk IN ['1', '4']"), "4 1");
  EXPECT_EQ(sort_keys("WHERE n = 2 OR sk = '2'"), "2");
  EXPECT_EQ(sort_keys("WHERE pk = 'a' AND pk = 'b'"), "");
  EXPECT_EQ(sort_keys("WHERE pk = 'a' ORDER BY sk DESC"), "3 2 1");
  EXPECT_EQ(sort_keys("WHERE pk IN ['b', 'a'] ORDER BY pk, sk"), "1 2 3 4");
}

TEST_F(PartiQl, PagesGoOnWhereTheyEnded) {
  for (const char* pk : {"a", "b"}) {
    for (const char* sk : {"1", "2", "3"}) put(pk, sk);
  }
  for (int limit = 1; limit <= 4; ++limit) {
    EXPECT_EQ(sort_keys("WHERE pk = 'a' ORDER BY sk DESC", limit), "3 2 1") << limit;
    EXPECT_EQ(sort_keys("WHERE pk IN ['a', 'b']", limit), "1 2 3 1 2 3") << limit;
    EXPECT_EQ(sort_keys("WHERE pk IN ['a', 'b'] ORDER BY pk DESC", limit), "3 2 1 3 2 1") << limit;
    EXPECT_EQ(sort_keys("WHERE pk = 'a' AND sk IN ['1', '3']", limit), "1 3") << limit;
    EXPECT_EQ(sort_keys("WHERE sk = '2'", limit), "2 2") << limit;
  }
}

TEST_F(PartiQl, AReadOfTheLastPossibleItemEndsThere) {
  put("a", "1");
  expect("SELECT sk FROM music WHERE pk = 'a' AND sk = '1'", R"({"Items":[{"sk":{"S":"1"}}]})",
         R"(,"Limit":1)");
}

TEST_F(PartiQl, NextTokenBelongsToItsStatementAndParameters) {
  for (const char* sk : {"1", "2", "3"}) put("a", sk);
  const auto token_of = [&](std::string_view statement, std::string_view more) {
    json::Parser parser;
    const std::string reply = region_.call("ExecuteStatement", request(statement, more));
    return json_text(parser.parse(reply)->find("NextToken")->as_string());
  };
  const std::string statement = "SELECT sk FROM music WHERE pk = ?";
  const std::string parameters = R"(,"Parameters":[{"S":"a"}])";
  const std::string token = R"(,"NextToken":)" + token_of(statement, parameters + R"(,"Limit":1)");
  expect(statement, R"({"Items":[{"sk":{"S":"2"}},{"sk":{"S":"3"}}]})", parameters + token + R"(,"Limit":5)");
  const std::string mismatch = "NextToken does not match request";
  expect_refused(statement, mismatch, R"(,"Parameters":[{"S":"b"}])" + token);
  expect_refused("SELECT sk FROM music WHERE pk = 'a'", mismatch, token);
  for (const std::string bad : {"x", "AAAA", "AQAAAAAAAAAAAAAAAAAAAAAAAA=="}) {
    expect_refused(statement, "Invalid NextToken", parameters + R"(,"NextToken":")" + bad + R"(")");
  }
}

TEST_F(PartiQl, CapacityIsThatOfTheReadOrWrite) {
  const std::string total = R"(,"ReturnConsumedCapacity":"TOTAL")";
  const auto units = [](std::string_view number) {
    return R"("ConsumedCapacity":{"TableName":"music","CapacityUnits":)" + std::string(number) + "}}";
  };
  expect("INSERT INTO music VALUE {'pk': 'a', 'sk': '1'}", R"({"Items":[],)" + units("1"), total);
  expect("SELECT pk FROM music WHERE pk = 'a' AND sk = '1'", R"({"Items":[{"pk":{"S":"a"}}],)" + units("0.5"),
         total);
  expect("SELECT pk FROM music WHERE sk = 'x'", R"({"Items":[],)" + units("1"),
         total + R"(,"ConsistentRead":true)");
}

// --- refusals ---

TEST_F(PartiQl, WritesNameOneItem) {
  const std::string mandatory = "Where clause does not contain a mandatory equality on all key attributes";
  const std::string mismatch = "The provided key element does not match the schema";
  const std::string multiple =
      "Multiple conditions on same key pk. Only single item Update/Insert/Delete are supported";
  for (const std::string statement : {"UPDATE music SET a = 1", "DELETE FROM music"}) {
    expect_refused(statement, mandatory);
    expect_refused(statement + " WHERE pk = 'a'", mandatory);
    expect_refused(statement + " WHERE pk = 'a' OR sk = '1'", mandatory);
    expect_refused(statement + " WHERE pk IN ['a'] AND sk = '1'", mandatory);
    expect_refused(statement + " WHERE pk = 'a' AND sk = 1", mismatch);
    expect_refused(statement + " WHERE pk = 'a' AND sk = '1' AND pk = 'b'", multiple);
  }
  expect_refused("UPDATE music SET sk = '2' WHERE pk = 'a' AND sk = '1'",
                 "One or more parameter values were invalid: Cannot update attribute sk. This attribute is "
                 "part of the key");
  expect_refused("INSERT INTO music VALUE {'pk': 'a'}",
                 "One or more parameter values were invalid: Missing the key sk in the item");
  expect_refused("INSERT INTO music VALUE {'pk': 'a', 'sk': 1}",
                 "One or more parameter values were invalid: Type mismatch for key sk expected: S actual: N");
}

TEST_F(PartiQl, ChecksComeInAwssOrder) {
  // The request's shape, parameters, syntax, the count of parameters, operands, the table, keys.
  expect_refused(
      "",
      "1 validation error detected: Value '' at 'statement' failed to satisfy constraint: Member must "
      "have length greater than or equal to 1");
  expect_refused("SELECT",
                 "1 validation error detected: Value '[]' at 'parameters' failed to satisfy constraint: "
                 "Member must have length greater than or equal to 1",
                 R"(,"Parameters":[])");
  expect_refused(
      "SELECT",
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must "
      "have value greater than or equal to 1",
      R"(,"Limit":0)");
  EXPECT_EQ(region_.call("ExecuteStatement", "{}"),
            "validation: 1 validation error detected: Value null at 'statement' failed to satisfy "
            "constraint: Member "
            "must not be null");
  expect_refused("UPDATE music SET WHERE",
                 "One or more parameter values were invalid: Input collection [a, a] contains duplicates.",
                 R"(,"Parameters":[{"SS":["a","a"]}])");
  expect_refused("SELECT * FROM nowhere WHERE",
                 "Statement wasn't well formed, can't be processed: Unexpected term");
  expect_refused(
      "SELECT * FROM nowhere WHERE a < ?",
      "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL",
      R"(,"Parameters":[{"BOOL":true}])");
  expect_refused("SELECT * FROM \"\" WHERE pk = 'x'", "Path component cannot be an empty string");
  expect_refused(
      "SELECT * FROM \"a b c\"",
      "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'.");
  expect("SELECT * FROM nowhere WHERE pk = 1", "resource_not_found: Requested resource not found");
  expect("UPDATE nowhere SET a = 1", "resource_not_found: Requested resource not found");
  expect_refused("SELECT * FROM music WHERE pk = 1",
                 "Key attribute's data type should match its data type in table's schema: Key pk");
  expect_refused("SELECT * FROM music.\"no-such-index\" WHERE pk = 'a'",
                 "The table does not have the specified index");
  expect_refused("EXISTS(SELECT * FROM music WHERE pk = 'a' AND sk = '1' AND x IS MISSING)",
                 "EXISTS can only be used in ExecuteTransaction write requests.");
}

TEST_F(PartiQl, StatementsHaveAtMost8192Bytes) {
  const std::string start = "SELECT * FROM music WHERE pk = '";
  expect(start + std::string(8192 - start.size() - 1, 'x') + "'",
         "validation: One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
         "size limit "
         "of2048 bytes");
  EXPECT_TRUE(
      run(start + std::string(8192 - start.size(), 'x') + "'")
          .ends_with(
              "at 'statement' failed to satisfy constraint: Member must have length less than or equal "
              "to 8192"));
}

TEST_F(PartiQl, UpdatesThatDoNotFitTheItemAreRefused) {
  put("a", "1", R"(,"s":{"S":"x"})");
  const std::string where = " WHERE pk = 'a' AND sk = '1'";
  expect_refused("UPDATE music SET nolist[0] = 'x'" + where,
                 "The document path provided in the update expression is invalid for update");
  expect_refused("UPDATE music SET l = list_append(l, [1])" + where,
                 "The provided expression refers to an attribute that does not exist in the item");
  expect_refused("UPDATE music SET s = s + 1" + where,
                 "An operand in the update expression has an incorrect data type");
}

// --- batches ---

class PartiQlBatch : public PartiQl {
 protected:
  std::string batch(const std::vector<std::string>& statements, std::string_view more = "") {
    std::string list;
    for (const std::string& statement : statements) {
      list += (list.empty() ? "" : ",") + (statement.starts_with('{') ? statement : request(statement));
    }
    return normal_json(
        region_.call("BatchExecuteStatement", R"({"Statements":[)" + list + "]" + std::string(more) + "}"));
  }
};

TEST_F(PartiQlBatch, ReadsItemsByTheirKeys) {
  put("a", "1", R"(,"n":{"N":"1"})");
  put("a", "2", R"(,"n":{"N":"2"})");
  const std::string no_key =
      R"({"Error":{"Code":"ValidationError","Message":"Select statements within BatchExecuteStatement must specify the primary key in the where clause."}})";
  EXPECT_EQ(batch({"SELECT * FROM music WHERE pk = 'a' AND sk = '1'",
                   "SELECT n FROM music WHERE sk IN ['2'] AND pk = 'a'",
                   "SELECT * FROM music WHERE pk = 'x' AND sk = '1'", "SELECT * FROM music WHERE pk = 'a'",
                   "SELECT * FROM music WHERE pk = 'a' AND sk = '1' AND n = 1"}),
            R"({"Responses":[{"Item":{"n":{"N":"1"},"pk":{"S":"a"},"sk":{"S":"1"}},"TableName":"music"},)"
            R"({"Item":{"n":{"N":"2"}},"TableName":"music"},{"TableName":"music"},)" +
                no_key + "," + no_key + "]}");
}

TEST_F(PartiQlBatch, StatementsFailEachForItself) {
  for (const char* sk : {"1", "2", "3"}) put("a", sk, R"(,"n":{"N":"1"})");
  EXPECT_EQ(
      batch({"INSERT INTO music VALUE {'pk': 'b', 'sk': '1'}",
             "INSERT INTO music VALUE {'pk': 'a', 'sk': '1'}",
             R"({"Statement":"UPDATE music SET n = 2 WHERE pk = 'a' AND sk = '2' AND n = 5",)"
             R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD"})",
             "UPDATE music SET n = 3 WHERE pk = 'a' AND sk = '3' RETURNING MODIFIED NEW *",
             "UPDATE music SET n = 3 WHERE pk = 'a'", "SLECT * FROM music",
             "DELETE FROM nowhere WHERE pk = 'a'"}),
      R"({"Responses":[{"TableName":"music"},)"
      R"({"Error":{"Code":"DuplicateItem","Message":"Duplicate primary key exists in table"},"TableName":"music"},)"
      R"({"Error":{"Code":"ConditionalCheckFailed","Item":{"n":{"N":"1"},"pk":{"S":"a"},"sk":{"S":"2"}},)"
      R"("Message":"The conditional request failed"},"TableName":"music"},)"
      R"({"Item":{"n":{"N":"3"}},"TableName":"music"},)"
      R"({"Error":{"Code":"ValidationError","Message":"Where clause does not contain a mandatory equality on all key attributes"}},)"
      R"({"Error":{"Code":"ValidationError","Message":"Statement wasn't well formed, can't be processed: Expected data manipulation"}},)"
      R"({"Error":{"Code":"ResourceNotFound","Message":"Requested resource not found"},"TableName":"nowhere"}]})");
  expect_item("b", "1", R"({"Item":{"pk":{"S":"b"},"sk":{"S":"1"}}})");
}

TEST_F(PartiQlBatch, TellsWhatItConsumedByTable) {
  region_.create_table("books", "S");
  const std::string total = R"(,"ReturnConsumedCapacity":"TOTAL")";
  const std::string refused =
      R"({"Error":{"Code":"ValidationError","Message":"Where clause does not contain a mandatory equality on all key attributes"}})";
  EXPECT_EQ(batch({"INSERT INTO music VALUE {'pk': 'a', 'sk': '1'}",
                   "INSERT INTO books VALUE {'pk': 'a', 'sk': '1'}",
                   "INSERT INTO music VALUE {'pk': 'b', 'sk': '1'}", "DELETE FROM music WHERE pk = 'b'"},
                  total),
            R"({"ConsumedCapacity":[{"CapacityUnits":2,"TableName":"music"},)"
            R"({"CapacityUnits":1,"TableName":"books"}],)"
            R"("Responses":[{"TableName":"music"},{"TableName":"books"},{"TableName":"music"},)" +
                refused + "]}");
  EXPECT_EQ(batch({"DELETE FROM music WHERE pk = 'b'"}, total), R"({"Responses":[)" + refused + "]}");
}

TEST_F(PartiQlBatch, NamesNoItemTwice) {
  const std::string twice = "validation: Provided list of item keys contains duplicates";
  EXPECT_EQ(batch({"SELECT * FROM music WHERE pk = 'a' AND sk = '1'",
                   "SELECT pk FROM music WHERE sk IN ['1'] AND pk = 'a'"}),
            twice);
  EXPECT_EQ(batch({"INSERT INTO music VALUE {'pk': 'a', 'sk': '1'}",
                   "DELETE FROM music WHERE pk = 'a' AND sk = '1'"}),
            twice);
  expect_item("a", "1", "{}");
}

TEST_F(PartiQlBatch, IsAllReadsOrAllWritesAndNoLongerThan25) {
  EXPECT_EQ(batch({"SELECT * FROM music WHERE pk = 'a' AND sk = '1'",
                   "DELETE FROM music WHERE pk = 'a' AND sk = '1'"}),
            "validation: Read and write requests together in the same batch is not supported.");
  EXPECT_EQ(batch({}),
            "validation: 1 validation error detected: Value '[]' at 'statements' failed to satisfy "
            "constraint: Member "
            "must have length greater than or equal to 1");
  std::vector<std::string> statements;
  for (int i = 0; i < 25; ++i) {
    statements.push_back("SELECT * FROM music WHERE pk = 'a' AND sk = '" + std::to_string(i) + "'");
  }
  EXPECT_TRUE(batch(statements).starts_with(R"({"Responses")"));
  statements.emplace_back("SELECT * FROM music WHERE pk = 'b' AND sk = '1'");
  EXPECT_TRUE(batch(statements)
                  .ends_with("at 'statements' failed to satisfy constraint: Member must have length less "
                             "than or equal to 25"));
  EXPECT_EQ(batch({R"({"Statement":""})"}),
            "validation: 1 validation error detected: Value '' at 'statements.1.member.statement' failed to "
            "satisfy "
            "constraint: Member must have length greater than or equal to 1");
  EXPECT_TRUE(batch({R"({"Statement":"SELECT * FROM music WHERE pk = ?","Parameters":[{"S":1}]})"})
                  .starts_with("serialization: "));
}

}  // namespace
}  // namespace gyre::operations
