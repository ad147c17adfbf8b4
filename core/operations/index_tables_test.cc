// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gmock/gmock.h>

#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

using testing::HasSubstr;

/// CreateTable with AttributeDefinitions "pk" (S), "sk" (S), "a" (S) and "n" (N), without the names in
/// `without`.
std::string create(std::string_view members, std::string_view attributes = "pk sk a n", bool sorted = true) {
  std::string definitions;
  for (const char* name : {"pk", "sk", "a", "n"}) {
    if (attributes.find(name) == std::string_view::npos) continue;
    definitions += fmt::format(R"({}{{"AttributeName":"{}","AttributeType":"{}"}})",
                               definitions.empty() ? "" : ",", name, *name == 'n' ? "N" : "S");
  }
  return fmt::format(
      R"({{"TableName":"table","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{}],
          "KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}{}]{}}})",
      definitions, sorted ? R"(,{"AttributeName":"sk","KeyType":"RANGE"})" : "", members);
}

/// {"IndexName": name, "KeySchema": [...], "Projection": {...}}; `keys` is "pk:HASH a:RANGE".
std::string index(std::string_view name, std::string_view keys, std::string_view projection) {
  std::string schema;
  std::string_view rest = keys;
  while (!rest.empty()) {
    const std::string_view element = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), element.size() + 1));
    const std::size_t colon = element.find(':');
    schema += fmt::format(R"({}{{"AttributeName":"{}","KeyType":"{}"}})", schema.empty() ? "" : ",",
                          element.substr(0, colon), element.substr(colon + 1));
  }
  return fmt::format(R"({{"IndexName":"{}","KeySchema":[{}],"Projection":{}}})", name, schema, projection);
}

constexpr std::string_view kAll = R"({"ProjectionType":"ALL"})";

std::string local(std::string_view indexes) {
  return fmt::format(R"(,"LocalSecondaryIndexes":[{}])", indexes);
}
std::string global(std::string_view indexes) {
  return fmt::format(R"(,"GlobalSecondaryIndexes":[{}])", indexes);
}

std::string invalid(std::string_view text) {
  return fmt::format("validation: One or more parameter values were invalid: {}", text);
}

TEST(IndexTables, AreDescribedAsOnAws) {
  TestRegion region;
  const std::string request =
      create(local(index("by-n", "pk:HASH n:RANGE",
                         R"({"ProjectionType":"INCLUDE","NonKeyAttributes":["y","x"]})")) +
             global(index("by-a", "a:HASH n:RANGE", R"({"ProjectionType":"KEYS_ONLY"})")));
  EXPECT_THAT(region.call("CreateTable", request),
              HasSubstr(R"("IndexStatus":"CREATING","ProvisionedThroughput")"));
  region.put("table", R"({"pk":{"S":"p"},"sk":{"S":"s"},"n":{"N":"1"},"x":{"S":"xx"},"z":{"S":"z"}})");
  region.put("table", R"({"pk":{"S":"p"},"sk":{"S":"t"},"a":{"S":"a"}})");
  const std::string description = region.call("DescribeTable", R"({"TableName":"table"})");
  EXPECT_THAT(description, HasSubstr(R"("AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"},)"
                                     R"({"AttributeName":"n","AttributeType":"N"},)"
                                     R"({"AttributeName":"pk","AttributeType":"S"},)"
                                     R"({"AttributeName":"sk","AttributeType":"S"}])"));
  EXPECT_THAT(description,
              HasSubstr(R"("LocalSecondaryIndexes":[{"IndexName":"by-n","KeySchema":[)"
                        R"({"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],)"
                        R"("Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x","y"]},)"
                        R"("IndexSizeBytes":12,"ItemCount":1,)"
                        R"("IndexArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/table/index/by-n"}])"));
  EXPECT_THAT(
      description,
      HasSubstr(R"("GlobalSecondaryIndexes":[{"IndexName":"by-a","KeySchema":[)"
                R"({"AttributeName":"a","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],)"
                R"("Projection":{"ProjectionType":"KEYS_ONLY"},"IndexStatus":"ACTIVE",)"
                R"("ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,)"
                R"("WriteCapacityUnits":0},"WarmThroughput":{"ReadUnitsPerSecond":12000,)"
                R"("WriteUnitsPerSecond":4000,"Status":"ACTIVE"},"IndexSizeBytes":0,"ItemCount":0,)"));
  EXPECT_THAT(region.call("DeleteTable", R"({"TableName":"table"})"),
              HasSubstr(R"("TableStatus":"DELETING")"));
}

TEST(IndexTables, AProvisionedIndexKeepsItsThroughput) {
  TestRegion region;
  const std::string request =
      R"({"TableName":"table","ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2},
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
      "GlobalSecondaryIndexes":[{"IndexName":"idx","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
      "Projection":{"ProjectionType":"ALL"})";
  EXPECT_EQ(region.call("CreateTable", request + "}]}"),
            invalid("ProvisionedThroughput is not specified for index: idx"));
  region.call("CreateTable",
              request + R"(,"ProvisionedThroughput":{"ReadCapacityUnits":3,"WriteCapacityUnits":4}}]})");
  EXPECT_THAT(region.call("DescribeTable", R"({"TableName":"table"})"),
              HasSubstr(R"("IndexStatus":"ACTIVE","ProvisionedThroughput":{"NumberOfDecreasesToday":0,)"
                        R"("ReadCapacityUnits":3,"WriteCapacityUnits":4})"));
}

TEST(IndexTables, KeysOfEightAttributesAreTaken) {
  TestRegion region;
  std::string definitions = R"({"AttributeName":"pk","AttributeType":"S"})";
  std::string keys;
  for (int i = 0; i < 8; ++i) {
    definitions += fmt::format(R"(,{{"AttributeName":"k{}","AttributeType":"N"}})", i);
    keys += fmt::format("{}k{}:{}", i == 0 ? "" : " ", i, i < 4 ? "HASH" : "RANGE");
  }
  const std::string reply = region.call(
      "CreateTable",
      fmt::format(R"({{"TableName":"wide","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{}],
          "KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}]{}}})",
                  definitions, global(index("idx", keys, kAll))));
  EXPECT_THAT(
      reply,
      HasSubstr(R"({"AttributeName":"k3","KeyType":"HASH"},{"AttributeName":"k4","KeyType":"RANGE"})"));
}

struct BadTable {
  std::string request;
  std::string answer;
};

std::string many(int count, std::string_view keys) {
  std::string all;
  for (int i = 0; i < count; ++i) all += (i == 0 ? "" : ",") + index(fmt::format("idx{}", i), keys, kAll);
  return all;
}

std::string including(int indexes, int names) {
  std::string attributes;
  for (int i = 0; i < names; ++i) attributes += fmt::format(R"({}"x{}")", i == 0 ? "" : ",", i);
  std::string all;
  for (int i = 0; i < indexes; ++i) {
    all += (i == 0 ? "" : ",") +
           index(fmt::format("idx{}", i), "a:HASH",
                 fmt::format(R"({{"ProjectionType":"INCLUDE","NonKeyAttributes":[{}]}})", attributes));
  }
  return all;
}

TEST(IndexTables, WrongOnesAreRefusedInAwsWords) {
  const std::string order =
      "validation: Invalid KeySchema: The first KeySchemaElement is not a HASH key type";
  const std::string same =
      "validation: Both the Hash Key and the Range Key element in the KeySchema have the same name";
  const std::vector<BadTable> cases = {
      {create("", "pk sk a"),
       invalid("Number of attributes in KeySchema does not exactly match number of attributes defined in "
               "AttributeDefinitions")},
      {create(local("")), invalid("List of LocalSecondaryIndexes is empty")},
      {create(global("")), invalid("List of GlobalSecondaryIndexes is empty")},
      {create(local(index("idx", "pk:HASH a:RANGE", kAll)), "pk a", false),
       invalid("Table KeySchema does not have a range key, which is required when specifying a "
               "LocalSecondaryIndex")},
      {create(global(index("idx", "q:HASH", kAll)), "pk sk"),
       invalid("Some index key attributes are not defined in AttributeDefinitions. Keys: [q], "
               "AttributeDefinitions: "
               "[pk, sk]")},
      {create(global(index("idx", "a:HASH", "{}"))),
       invalid("Some AttributeDefinitions are not used. AttributeDefinitions: [pk, sk, a, n], keys used: "
               "[pk, sk, a]")},
      {create(local(index("idx", "a:RANGE", kAll)), "pk sk a"), order},
      {create(global(index("idx", "a:RANGE n:HASH", kAll))), order},
      {create(local(index("idx", "pk:HASH pk:RANGE", kAll)), "pk sk"), same},
      {create(global(index("idx", "a:HASH a:RANGE", kAll)), "pk sk a"), same},
      {create(global(index("idx", "a:HASH n:RANGE a:RANGE", kAll))),
       "validation: The KeySchema contains multiple key attributes with the same name"},
      {create(global(index("idx", "a:HASH n:RANGE sk:HASH", kAll))),
       invalid("All HASH key attributes must precede RANGE key attributes in the KeySchema")},
      {create(local(index("idx", "pk:HASH a:HASH", kAll)), "pk sk a"),
       "validation: Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"},
      {create(local(index("idx", "pk:HASH", kAll)), "pk sk"),
       invalid("Index KeySchema does not have a range key for index: idx")},
      {create(local(index("idx", "a:HASH pk:RANGE", kAll)), "pk sk a"),
       invalid("Index KeySchema does not have the same leading hash key as table KeySchema for index: idx. "
               "index hash "
               "key: a, table hash key: pk")},
      {create(local(index("idx", "pk:HASH a:RANGE n:RANGE", kAll))),
       "validation: 1 validation error detected: Value '[pk, a, n]' at "
       "'localSecondaryIndexes.1.member.keySchema' "
       "failed to satisfy constraint: Member must have length less than or equal to 2"},
      {create(global(index("idx", "a:HASH", "{}")), "pk sk a"), invalid("Unknown ProjectionType: null")},
      {create(global(index("idx", "a:HASH", R"({"ProjectionType":"INCLUDE"})")), "pk sk a"),
       invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")},
      {create(global(index("idx", "a:HASH", R"({"ProjectionType":"KEYS_ONLY","NonKeyAttributes":["x"]})")),
              "pk sk a"),
       invalid("ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified")},
      {create(global(index("idx", "a:HASH", R"({"ProjectionType":"INCLUDE","NonKeyAttributes":["x","x"]})")),
              "pk sk a"),
       invalid("Duplicate element in NonKeyAttributes: x")},
      {create(global(index("idx", "a:HASH", R"({"ProjectionType":"INCLUDE","NonKeyAttributes":[]})")),
              "pk sk a"),
       "validation: 1 validation error detected: Value '[]' at "
       "'globalSecondaryIndexes.1.member.projection.nonKeyAttributes' failed to satisfy constraint: Member "
       "must have "
       "length greater than or equal to 1"},
      {create(global(index("idx", "a:HASH", R"({"ProjectionType":"all"})")), "pk sk a"),
       "validation: 1 validation error detected: Value 'all' at "
       "'globalSecondaryIndexes.1.member.projection.projectionType' failed to satisfy constraint: Member "
       "must satisfy "
       "enum value set: [ALL, INCLUDE, KEYS_ONLY]"},
      {create(global(index("id", "a:HASH", kAll)), "pk sk a"),
       "validation: 1 validation error detected: Value 'id' at 'globalSecondaryIndexes.1.member.indexName' "
       "failed to "
       "satisfy constraint: Member must have length greater than or equal to 3"},
      {create(global(index("i d", "a:HASH", kAll)), "pk sk a"),
       "validation: 1 validation error detected: Value 'i d' at 'globalSecondaryIndexes.1.member.indexName' "
       "failed to "
       "satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"},
      {create(local(index("idx", "pk:HASH a:RANGE", kAll)) + global(index("idx", "a:HASH", kAll)), "pk sk a"),
       invalid("Duplicate index name: idx")},
      {create(local(many(6, "pk:HASH a:RANGE")), "pk sk a"),
       invalid("Number of LocalSecondaryIndexes exceeds per-table limit of 5")},
      {create(global(many(21, "a:HASH")), "pk sk a"),
       invalid("GlobalSecondaryIndex count exceeds the per-table limit of 20")},
      {create(global(including(6, 17)), "pk sk a"),
       invalid("Number of NonKeyAttributes in all indexes exceeds per-table limit of 100")},
      {create(global(including(1, 21)), "pk sk a"),
       "validation: 1 validation error detected: Value '[x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, "
       "x12, x13, "
       "x14, x15, x16, x17, x18, x19, x20]' at 'globalSecondaryIndexes.1.member.projection.nonKeyAttributes' "
       "failed to "
       "satisfy constraint: Member must have length less than or equal to 20"},
      {create(
           global(index(
               "idx", "a:HASH",
               R"({"ProjectionType":"ALL"},"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1})")),
           "pk sk a"),
       invalid("ProvisionedThroughput should not be specified for index: idx when BillingMode is "
               "PAY_PER_REQUEST")},
  };
  TestRegion region;
  for (const BadTable& one : cases)
    EXPECT_EQ(region.call("CreateTable", one.request), one.answer) << one.request;
}

TEST(IndexTables, AnAttributeIsDefinedOnce) {
  TestRegion region;
  EXPECT_EQ(region.call("CreateTable", R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"pk","AttributeType":"N"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})"),
            "validation: Attribute Name is duplicated: pk");
}

class IndexedItems : public testing::Test {
 protected:
  IndexedItems() { region_.call("CreateTable", create(global(index("idx", "a:HASH n:RANGE", kAll)))); }
  TestRegion region_;
};

TEST_F(IndexedItems, OfAWrongTypeAreRefusedByEveryWrite) {
  const std::string answer = invalid("Type mismatch for Index Key a Expected: S Actual: N IndexName: idx");
  EXPECT_EQ(region_.call("PutItem",
                         R"({"TableName":"table","Item":{"pk":{"S":"p"},"sk":{"S":"s"},"a":{"N":"1"}}})"),
            answer);
  EXPECT_EQ(region_.call("BatchWriteItem", R"({"RequestItems":{"table":[{"PutRequest":{"Item":
      {"pk":{"S":"p"},"sk":{"S":"s"},"a":{"N":"1"}}}}]}})"),
            answer);
  EXPECT_EQ(region_.call("UpdateItem", R"({"TableName":"table","Key":{"pk":{"S":"p"},"sk":{"S":"s"}},
      "UpdateExpression":"SET a = :a","ExpressionAttributeValues":{":a":{"N":"1"}}})"),
            answer);
}

TEST_F(IndexedItems, WithEmptyKeysAreRefused) {
  EXPECT_THAT(
      region_.call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"p"},"sk":{"S":"s"},"a":{"S":""}}})"),
      HasSubstr("cannot contain an empty string value. IndexName: idx, IndexKey: a"));
}

}  // namespace
}  // namespace gyre::operations
