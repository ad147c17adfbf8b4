// SPDX-License-Identifier: Apache-2.0
#include "core/json/shape.h"

#include <gtest/gtest.h>

#include <string>

namespace gyre::json {
namespace {

constexpr Shape kText{.type = Type::kString};
constexpr Shape kCount{.type = Type::kInteger};
constexpr Shape kBytes{.type = Type::kBlob};
constexpr Shape kTexts{.type = Type::kList, .element = &kText};
constexpr Member kPartMembers[] = {{"Name", &kText}, {"Count", &kCount}, {"Bytes", &kBytes}};
constexpr Shape kPart{.type = Type::kStructure, .name = "Part", .members = kPartMembers};
constexpr Shape kParts{.type = Type::kMap, .element = &kPart};
constexpr Shape kPartLists{.type = Type::kList, .element = &kPart};
constexpr Shape kPartListMap{.type = Type::kMap, .element = &kPartLists};
constexpr Member kWholeMembers[] = {
    {"Texts", &kTexts}, {"Parts", &kParts}, {"Part", &kPart}, {"Lists", &kPartListMap}};
constexpr Shape kWhole{.type = Type::kStructure, .name = "Whole", .members = kWholeMembers};

std::string refusal(std::string_view json) {
  Parser parser;
  const Status checked = check_types(parser.parse(json).value(), kWhole);
  return checked.ok() ? "" : checked.error().message;
}

TEST(CheckTypes, WhatIsRightOrUnknownOrNullPasses) {
  EXPECT_EQ(refusal("{}"), "");
  EXPECT_EQ(
      refusal(R"({"Texts":["a"],"Parts":{"p":{"Name":"a","Count":1.5,"Bytes":"AQ=="}},"Other":[[[]]]})"), "");
  EXPECT_EQ(refusal(R"({"Texts":null,"Parts":{"p":null},"Part":{"Name":null,"Other":1}})"), "");
}

TEST(CheckTypes, AWrongTypeIsToldInTheWordsOfItsPlace) {
  EXPECT_EQ(refusal(R"({"Part":1})"), "Unexpected field type");
  EXPECT_EQ(refusal(R"({"Parts":{"p":1}})"), "Unexpected value type in payload");
  EXPECT_EQ(
      refusal(R"({"Parts":[]})"),
      "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.Part>");
  EXPECT_EQ(refusal(R"({"Lists":[]})"),
            "Unrecognized collection type java.util.Map<java.lang.String, "
            "java.util.List<com.amazonaws.dynamodb.v20120810.Part>>");
  EXPECT_EQ(refusal(R"({"Part":{"Count":"1"}})"), "STRING_VALUE cannot be converted to Integer");
  EXPECT_EQ(refusal(R"({"Texts":["a",true]})"), "TRUE_VALUE cannot be converted to String");
}

TEST(CheckTypes, TheFirstWrongTypeInTheTextIsTold) {
  EXPECT_EQ(refusal(R"({"Part":{"Other":1,"Name":2,"Count":"x"},"Texts":1})"),
            "NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(refusal(R"({"Texts":1,"Part":{"Name":2}})"), "Unexpected field type");
}

TEST(CheckTypes, BytesMustBeBase64) {
  EXPECT_EQ(refusal(R"({"Part":{"Bytes":""}})"), "");
  EXPECT_EQ(refusal(R"({"Part":{"Bytes":"AAAAAQ=="}})"), "");
  EXPECT_EQ(refusal(R"({"Part":{"Bytes":"AAA"}})"),
            "Base64 encoded length is expected a multiple of 4 bytes but found: 3");
  EXPECT_EQ(refusal(R"({"Part":{"Bytes":"A*AAAAAA"}})"), "Invalid Base64 character: '*'");
  EXPECT_NE(refusal(R"({"Part":{"Bytes":"AA==AAAA"}})"), "");
  EXPECT_NE(refusal(R"({"Part":{"Bytes":"AAAAAB=="}})"), "");
}

}  // namespace
}  // namespace gyre::json
