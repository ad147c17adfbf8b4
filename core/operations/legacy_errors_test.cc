// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/operations/testing/test_region.h"

// What wrong requests with parameters from before expressions are answered.

namespace gyre::operations {
namespace {

class LegacyErrors : public testing::Test {
 protected:
  LegacyErrors() {
    region_.create_table("hash");
    region_.create_table("range", "N");
  }

  /// `more` are the request's members beside TableName and, for items, the key or item.
  void expect_refusal(std::string_view operation, std::string_view more, std::string_view message) {
    const std::string_view target = operation == "PutItem" ? R"("Item":{"pk":{"S":"a"}},)"
                                    : operation == "Query" || operation == "Scan"
                                        ? ""
                                        : R"("Key":{"pk":{"S":"a"}},)";
    // Of writes it is told as the model's refusals are.
    constexpr std::string_view kOneError = "1 validation error detected: ";
    const bool enveloped = !target.empty() && operation != "GetItem" && !message.starts_with(kOneError);
    EXPECT_EQ(region_.call(operation, fmt::format(R"({{"TableName":"hash",{}{}}})", target, more)),
              fmt::format("validation: {}{}", enveloped ? kOneError : "", message))
        << operation << " " << more;
  }

  void expect_expected_refused(std::string_view expected, std::string_view message) {
    for (const char* operation : {"PutItem", "UpdateItem", "DeleteItem"}) {
      expect_refusal(operation, fmt::format(R"("Expected":{{"a":{}}})", expected), message);
    }
  }

  TestRegion region_;
};

constexpr std::string_view kMixed =
    "Can not use both expression and non-expression parameters in the same request: ";

TEST_F(LegacyErrors, BothFormsInOneRequestAreRefused) {
  struct Case {
    std::string_view operation;
    std::string_view members;
    std::string_view parameters;
  };
  const std::vector<Case> cases = {
      {"PutItem", R"("Expected":{},"ConditionExpression":"")",
       "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}"},
      {"DeleteItem", R"("ConditionalOperator":"AND","Expected":{"a":{}},"ConditionExpression":"a")",
       "Non-expression parameters: {Expected, ConditionalOperator} Expression parameters: "
       "{ConditionExpression}"},
      {"UpdateItem",
       R"("ConditionalOperator":"OR","Expected":{},"AttributeUpdates":{},"ConditionExpression":"","UpdateExpression":"",
          "ExpressionAttributeNames":{})",
       "Non-expression parameters: {AttributeUpdates, Expected, ConditionalOperator} Expression parameters: "
       "{UpdateExpression, ConditionExpression}"},
      {"UpdateItem", R"("Expected":{"a":{"Exists":false}},"UpdateExpression":"SET a = b")",
       "Non-expression parameters: {Expected} Expression parameters: {UpdateExpression}"},
      {"GetItem", R"("AttributesToGet":["a","a"],"ProjectionExpression":"")",
       "Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}"},
      {"Scan",
       R"("AttributesToGet":["a"],"ScanFilter":{},"ConditionalOperator":"AND","FilterExpression":"","ProjectionExpression":"")",
       "Non-expression parameters: {AttributesToGet, ScanFilter, ConditionalOperator} Expression parameters: "
       "{ProjectionExpression, FilterExpression}"},
      {"Query",
       R"("KeyConditions":{},"QueryFilter":{},"AttributesToGet":["a"],"ConditionalOperator":"AND","FilterExpression":"",
          "KeyConditionExpression":"","ProjectionExpression":"")",
       "Non-expression parameters: {AttributesToGet, QueryFilter, ConditionalOperator, KeyConditions} "
       "Expression "
       "parameters: {ProjectionExpression, FilterExpression, KeyConditionExpression}"},
      {"Query", R"("KeyConditions":{},"QueryFilter":{},"FilterExpression":"")",
       "Non-expression parameters: {QueryFilter} Expression parameters: {FilterExpression}"},
  };
  for (const Case& one : cases) {
    expect_refusal(one.operation, one.members, fmt::format("{}{}", kMixed, one.parameters));
  }
  EXPECT_EQ(region_.call("BatchGetItem",
                         R"({"RequestItems":{"hash":{"Keys":[{"pk":{"S":"a"}}],"AttributesToGet":["a"],
                                            "ProjectionExpression":"a"}}})"),
            fmt::format("validation: {}Non-expression parameters: {{AttributesToGet}} Expression parameters: "
                        "{{ProjectionExpression}}",
                        kMixed));
}

TEST_F(LegacyErrors, PlaceholdersWithoutExpressionsAreRefused) {
  expect_refusal("UpdateItem", R"("AttributeUpdates":{},"ExpressionAttributeNames":{"#a":"a"})",
                 "ExpressionAttributeNames can only be specified when using expressions");
  expect_refusal(
      "Query", R"("KeyConditions":{},"ExpressionAttributeValues":{":a":{"S":"a"}})",
      "ExpressionAttributeValues can only be specified when using expressions: FilterExpression and "
      "KeyConditionExpression are null");
}

TEST_F(LegacyErrors, ConditionalOperatorNeedsTwoConditions) {
  const std::string_view none = "ConditionalOperator cannot be used without Filter or Expected";
  const std::string_view one =
      "ConditionalOperator can only be used when Filter or Expected has two or more elements";
  expect_refusal("PutItem", R"("ConditionalOperator":"AND")", none);
  expect_refusal("DeleteItem", R"("ConditionalOperator":"OR","Expected":{})", none);
  expect_refusal("UpdateItem", R"("ConditionalOperator":"AND","AttributeUpdates":{})", none);
  expect_refusal("Query", R"("ConditionalOperator":"AND")", none);
  expect_refusal("Scan", R"("ConditionalOperator":"AND","AttributesToGet":["a","b"])", none);
  expect_refusal("PutItem", R"("ConditionalOperator":"AND","Expected":{"a":{"Exists":false}})", one);
  expect_refusal("Scan", R"("ConditionalOperator":"AND","ScanFilter":{"a":{"ComparisonOperator":"NULL"}})",
                 one);
  expect_refusal("Query", R"("ConditionalOperator":"AND","QueryFilter":{"a":{"ComparisonOperator":"NULL"}})",
                 one);
  expect_refusal(
      "Scan", R"("ConditionalOperator":"XOR")",
      "1 validation error detected: Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: "
      "Member must satisfy enum value set: [OR, AND]");
}

TEST_F(LegacyErrors, ExpectedNeedsValuesThatFit) {
  const auto invalid = [this](std::string_view expected, std::string_view detail) {
    expect_expected_refused(expected, fmt::format("One or more parameter values were invalid: {}", detail));
  };
  invalid("{}", "Value must be provided when Exists is null for Attribute: a");
  invalid(R"({"Exists":true})", "Value must be provided when Exists is true for Attribute: a");
  invalid(R"({"Exists":false,"Value":{"S":"x"}})",
          "Value cannot be used when Exists is false for Attribute: a");
  invalid(R"({"Value":{"S":"x"},"AttributeValueList":[]})",
          "Value and AttributeValueList cannot be used together for Attribute: a");
  invalid(R"({"AttributeValueList":[{"S":"x"}]})",
          "AttributeValueList can only be used with a ComparisonOperator for Attribute: a");
  invalid(R"({"Exists":false,"ComparisonOperator":"EQ","Value":{"S":"x"}})",
          "Exists and ComparisonOperator cannot be used together for Attribute: a");
  invalid(R"({"ComparisonOperator":"GE"})",
          "Value or AttributeValueList must be used with ComparisonOperator: GE for Attribute: a");
  invalid(R"({"ComparisonOperator":"NULL","Value":{"S":"x"}})",
          "Invalid number of argument(s) for the NULL ComparisonOperator");
  invalid(R"({"ComparisonOperator":"BETWEEN","Value":{"S":"x"}})",
          "Invalid number of argument(s) for the BETWEEN ComparisonOperator");
  invalid(R"({"ComparisonOperator":"IN","AttributeValueList":[{"S":"x"},{"N":"1"}]})",
          "AttributeValues inside AttributeValueList must be of same type");
  invalid(R"({"ComparisonOperator":"BEGINS_WITH","AttributeValueList":[{"N":"3"}]})",
          "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type");
  invalid(R"({"Value":{"SS":[]}})", "An string set  may not be empty");
  expect_expected_refused(
      R"({"ComparisonOperator":"BETWEEN","AttributeValueList":[{"N":"10"},{"N":"9"}]})",
      "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
  expect_expected_refused(
      R"({"ComparisonOperator":"EQ","Value":{}})",
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  expect_expected_refused(
      R"({"ComparisonOperator":"eq","Value":{"S":"x"}})",
      "1 validation error detected: Value 'eq' at 'expected.a.member.comparisonOperator' failed to satisfy "
      "constraint: "
      "Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, "
      "BEGINS_WITH, GE, CONTAINS]");
}

TEST_F(LegacyErrors, ConditionsOfFiltersAndKeysNeedValuesThatFit) {
  const auto invalid = [this](std::string_view condition, std::string_view message) {
    expect_refusal("Scan", fmt::format(R"("ScanFilter":{{"a":{}}})", condition), message);
    expect_refusal("Query", fmt::format(R"("QueryFilter":{{"a":{}}},"AttributesToGet":["a","a"])", condition),
                   message);
    expect_refusal("Query", fmt::format(R"("KeyConditions":{{"a":{}}})", condition), message);
  };
  const auto count = [&](std::string_view operation, std::string_view values) {
    invalid(fmt::format(R"({{"ComparisonOperator":"{}"{}}})", operation, values),
            fmt::format("One or more parameter values were invalid: Invalid number of argument(s) for the {} "
                        "ComparisonOperator",
                        operation));
  };
  for (const char* operation :
       {"EQ", "NE", "LE", "LT", "GE", "GT", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH", "IN", "BETWEEN"}) {
    count(operation, "");
    count(operation, R"(,"AttributeValueList":[])");
  }
  for (const char* operation :
       {"EQ", "NE", "LE", "LT", "GE", "GT", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH"}) {
    count(operation, R"(,"AttributeValueList":[{"S":"a"},{"S":"a"}])");
  }
  for (const char* operation : {"NULL", "NOT_NULL", "BETWEEN"}) {
    count(operation, R"(,"AttributeValueList":[{"S":"a"}])");
  }
  count("BETWEEN", R"(,"AttributeValueList":[{"S":"a"},{"S":"a"},{"S":"a"}])");
}

TEST_F(LegacyErrors, TypesThatAnOperatorDoesNotTakeAreRefused) {
  const std::vector<std::pair<std::string, std::string>> values = {
      {"BOOL", "true"},      {"NULL", "true"}, {"SS", R"(["a"])"}, {"NS", R"(["1"])"},
      {"BS", R"(["abcd"])"}, {"M", "{}"},      {"L", "[]"},        {"N", R"("1")"}};
  struct Case {
    std::string operation;
    std::string allowed;
    int count = 1;
  };
  const std::vector<Case> cases = {{"LT", "N"},
                                   {"LE", "N"},
                                   {"GT", "N"},
                                   {"GE", "N"},
                                   {"IN", "N"},
                                   {"BETWEEN", "N", 2},
                                   {"BEGINS_WITH", ""},
                                   {"CONTAINS", "N BOOL NULL"},
                                   {"NOT_CONTAINS", "N BOOL NULL"}};
  for (const Case& one : cases) {
    for (const auto& [type, json] : values) {
      if ((" " + one.allowed + " ").find(" " + type + " ") != std::string::npos) continue;
      std::string list = fmt::format(R"({{"{}":{}}})", type, json);
      if (one.count == 2) list += "," + list;
      for (const char* parameter : {"QueryFilter", "KeyConditions"}) {
        expect_refusal(
            "Query",
            fmt::format(R"("{}":{{"a":{{"ComparisonOperator":"{}","AttributeValueList":[{}]}}}})", parameter,
                        one.operation, list),
            fmt::format(
                "One or more parameter values were invalid: ComparisonOperator {} is not valid for {} "
                "AttributeValue type",
                one.operation, type));
      }
    }
  }
}

TEST_F(LegacyErrors, OperatorsAreRequiredInFilters) {
  expect_refusal(
      "Scan", R"("ScanFilter":{"a":{}})",
      "1 validation error detected: Value null at 'scanFilter.a.member.comparisonOperator' failed to satisfy "
      "constraint: Member must not be null");
  EXPECT_EQ(region_.call("Scan", R"({"TableName":"hash","ScanFilter":[]})"),
            "serialization: Unrecognized collection type java.util.Map<java.lang.String, "
            "com.amazonaws.dynamodb.v20120810.Condition>");
  EXPECT_EQ(region_.call("Scan", R"({"TableName":"hash","ScanFilter":{"a":"b"}})"),
            "serialization: Unexpected value type in payload");
}

TEST_F(LegacyErrors, KeyConditionsFollowTheSchema) {
  const auto refused = [this](std::string_view table, std::string_view conditions, std::string_view message) {
    EXPECT_EQ(region_.call("Query",
                           fmt::format(R"({{"TableName":"{}","KeyConditions":{{{}}}}})", table, conditions)),
              fmt::format("validation: {}", message))
        << conditions;
  };
  const std::string pk = R"("pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]})";
  refused("range", "", "Conditions can be of length 1 or 2 only");
  refused(
      "range", pk + R"(,"sk":{"ComparisonOperator":"NULL"},"z":{"ComparisonOperator":"NULL"})",
      "The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)");
  refused("range", R"("z":{"ComparisonOperator":"NULL"})", "Query condition missed key schema element: pk");
  refused("range", pk + R"(,"z":{"ComparisonOperator":"NULL"})",
          "Query condition missed key schema element: sk");
  refused(
      "hash", pk + R"(,"z":{"ComparisonOperator":"NULL"})",
      "The number of query conditions (2) exceeds the number of key attributes defined in the schema (1)");
  refused("range", R"("pk":{"ComparisonOperator":"BEGINS_WITH","AttributeValueList":[{"S":"a"}]})",
          "Query key condition not supported");
  refused("range", R"("pk":{"ComparisonOperator":"GT","AttributeValueList":[{"N":"1"}]})",
          "One or more parameter values were invalid: Condition parameter type does not match schema type");
  for (const char* condition :
       {R"({"ComparisonOperator":"NULL"})", R"({"ComparisonOperator":"NE","AttributeValueList":[{"N":"1"}]})",
        R"({"ComparisonOperator":"IN","AttributeValueList":[{"N":"1"}]})",
        R"({"ComparisonOperator":"CONTAINS","AttributeValueList":[{"N":"1"}]})"}) {
    refused("range", fmt::format(R"({},"sk":{})", pk, condition),
            "Attempted conditional constraint is not an indexable operation");
  }
  EXPECT_EQ(
      region_.call("Query", R"({"TableName":"none","KeyConditions":{"z":{"ComparisonOperator":"NULL"}}})"),
      "resource_not_found: Requested resource not found");
}

TEST_F(LegacyErrors, FiltersOnKeysAreRefused) {
  EXPECT_EQ(
      region_.call(
          "Query",
          R"({"TableName":"range","KeyConditions":{"pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]}},
                             "QueryFilter":{"b":{"ComparisonOperator":"NULL"},"sk":{"ComparisonOperator":"NULL"}}})"),
      "validation: QueryFilter can only contain non-primary key attributes: Primary key attribute: sk");
}

TEST_F(LegacyErrors, AttributesToGetNamesEachAttributeOnce) {
  for (const char* operation : {"GetItem", "Query", "Scan"}) {
    expect_refusal(operation, R"("AttributesToGet":["a","b","a"])",
                   "One or more parameter values were invalid: Duplicate value in attribute name: a");
    expect_refusal(operation, R"("AttributesToGet":[])",
                   "1 validation error detected: Value '[]' at 'attributesToGet' failed to satisfy "
                   "constraint: Member must "
                   "have length greater than or equal to 1");
  }
  std::string names = "\"a0\"";
  std::string shown = "a0";
  for (int i = 1; i <= 255; ++i) {
    names += fmt::format(",\"a{}\"", i);
    shown += fmt::format(", a{}", i);
  }
  expect_refusal(
      "GetItem", fmt::format(R"("AttributesToGet":[{}])", names),
      fmt::format(
          "1 validation error detected: Value '[{}]' at 'attributesToGet' failed to satisfy constraint: "
          "Member must have length less than or equal to 255",
          shown));
  expect_refusal("Scan", R"("AttributesToGet":["a"],"Select":"COUNT")",
                 "Cannot specify the AttributesToGet when choosing to get only the Count");
  expect_refusal(
      "Query", R"("AttributesToGet":["a"],"Select":"ALL_ATTRIBUTES")",
      "1 validation error detected: Cannot specify the AttributesToGet when choosing to get ALL_ATTRIBUTES");
}

// As in items: what no item can have is refused wherever it is named.
TEST_F(LegacyErrors, NamesThatNoItemCanHaveAreRefused) {
  const std::string longest(limits::kAttributeNameBytesMax, 'n');
  const std::string name = longest + "n";
  const auto named = [&](std::string_view pattern, std::string_view text) {
    return fmt::format(fmt::runtime(pattern), text);
  };
  struct Row {
    std::string_view operation;
    std::string_view pattern;
  };
  constexpr Row kRows[] = {{"GetItem", R"("AttributesToGet":["a","{}"])"},
                           {"Scan", R"("AttributesToGet":["a","{}"])"},
                           {"Scan", R"("ScanFilter":{{"{}":{{"ComparisonOperator":"NULL"}}}})"},
                           {"Query", R"("QueryFilter":{{"{}":{{"ComparisonOperator":"NULL"}}}})"},
                           {"UpdateItem", R"("AttributeUpdates":{{"{}":{{"Action":"DELETE"}}}})"},
                           {"UpdateItem", R"("Expected":{{"{}":{{"Exists":false}}}})"},
                           {"DeleteItem", R"("Expected":{{"{}":{{"ComparisonOperator":"NULL"}}}})"}};
  for (const Row& row : kRows) {
    expect_refusal(row.operation, named(row.pattern, name),
                   "Attribute name is too large, must be less than 65536 bytes");
  }
  region_.expect(
      "GetItem",
      fmt::format(R"({{"TableName":"hash","Key":{{"pk":{{"S":"a"}}}},"AttributesToGet":["{}"]}})", longest),
      "{}");
}

TEST_F(LegacyErrors, AttributeUpdatesNeedValuesThatFit) {
  const auto refused = [this](std::string_view update, std::string_view detail) {
    expect_refusal("UpdateItem",
                   fmt::format(R"("AttributeUpdates":{{"a":{}}},"Expected":{{"a":{{}}}})", update),
                   fmt::format("One or more parameter values were invalid: {}", detail));
  };
  for (const char* update : {"{}", R"({"Action":"PUT"})", R"({"Action":"ADD"})", R"({"other":1})"}) {
    refused(update, "Only DELETE action is allowed when no attribute value is specified");
  }
  const std::vector<std::pair<std::string, std::string>> values = {
      {"S", R"("1")"}, {"B", R"("Yg==")"}, {"NULL", "true"}, {"BOOL", "true"}, {"M", "{}"}};
  for (const auto& [type, json] : values) {
    refused(fmt::format(R"({{"Action":"ADD","Value":{{"{}":{}}}}})", type, json),
            "ADD action is not supported for the type " + type);
    refused(fmt::format(R"({{"Action":"DELETE","Value":{{"{}":{}}}}})", type, json),
            "DELETE action with value is not supported for the type " + type);
  }
  refused(R"({"Action":"DELETE","Value":{"N":"1"}})",
          "DELETE action with value is not supported for the type N");
  refused(R"({"Action":"DELETE","Value":{"L":[]}})",
          "DELETE action with value is not supported for the type L");
  refused(R"({"Value":{"NS":[]}})", "An number set  may not be empty");
  expect_refusal(
      "UpdateItem", R"("AttributeUpdates":{"a":{"Action":"POP"}})",
      "1 validation error detected: Value 'POP' at 'attributeUpdates.a.member.action' failed to satisfy "
      "constraint: Member must satisfy enum value set: [ADD, DELETE, PUT]");
  // What the table has against it is a sentence alone.
  region_.expect(
      "UpdateItem",
      R"({"TableName":"hash","Key":{"pk":{"S":"a"}},"AttributeUpdates":{"pk":{"Action":"DELETE"}}})",
      "validation: One or more parameter values were invalid: Cannot update attribute pk. This "
      "attribute is part of the key");
}

}  // namespace
}  // namespace gyre::operations
