// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "core/operations/testing/test_region.h"

namespace gyre::operations {
namespace {

constexpr std::string_view kArn = "arn:aws:dynamodb:eu-west-1:000000000000:table/music";

class Tags : public testing::Test {
 protected:
  Tags() { region_.create_table("music"); }

  std::string request(std::string_view members) {
    return fmt::format(R"({{"ResourceArn":"{}",{}}})", kArn, members);
  }
  std::string tag(std::string_view tags) {
    return region_.call("TagResource", request(fmt::format(R"("Tags":[{}])", tags)));
  }
  std::string untag(std::string_view keys) {
    return region_.call("UntagResource", request(fmt::format(R"("TagKeys":[{}])", keys)));
  }
  void expect_tags(std::string_view tags) {
    region_.expect("ListTagsOfResource", fmt::format(R"({{"ResourceArn":"{}"}})", kArn),
                   fmt::format(R"({{"Tags":[{}]}})", tags));
  }
  // Tags "PREFIX01" and on.
  static std::string numbered(std::string_view prefix, int count) {
    std::string tags;
    for (int i = 1; i <= count; ++i) {
      tags += fmt::format(R"({}{{"Key":"{}{:02}","Value":"v"}})", i == 1 ? "" : ",", prefix, i);
    }
    return tags;
  }

  TestRegion region_;
};

TEST_F(Tags, AreAddedReplacedAndRemoved) {
  expect_tags("");
  EXPECT_EQ(tag(R"({"Key":"owner","Value":"me"},{"Key":"empty","Value":""})"), "");
  EXPECT_EQ(tag(R"({"Key":"owner","Value":"you"})"), "");
  expect_tags(R"({"Key":"empty","Value":""},{"Key":"owner","Value":"you"})");
  EXPECT_EQ(untag(R"("empty","never set")"), "");
  expect_tags(R"({"Key":"owner","Value":"you"})");
}

TEST_F(Tags, ComeWithTheTable) {
  const auto create = [&](std::string_view name, std::string_view tags) {
    return region_.call(
        "CreateTable", fmt::format(R"({{"TableName":"{}","BillingMode":"PAY_PER_REQUEST","Tags":[{}],)"
                                   R"("AttributeDefinitions":[{{"AttributeName":"pk","AttributeType":"S"}}],)"
                                   R"("KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}}]}})",
                                   name, tags));
  };
  EXPECT_TRUE(create("one", R"({"Key":"a","Value":"b"})").starts_with("{"));
  region_.expect("ListTagsOfResource",
                 R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/one"})",
                 R"({"Tags":[{"Key":"a","Value":"b"}]})");
  EXPECT_TRUE(create("two", "").starts_with("{"));
  EXPECT_EQ(create("three", R"({"Key":"aws:foo","Value":""})"),
            "validation: Tag Key cannot be prefixed with aws:, Key: aws:foo");
  EXPECT_EQ(region_.store().catalog().snapshot()->find("three"), nullptr);
}

TEST_F(Tags, AreFiftyAtMostCountedAfterTheMerge) {
  constexpr std::string_view kTooMany =
      "validation: Number of Tags exceed the current limit for the provided ResourceArn";
  EXPECT_EQ(tag(numbered("k", 50)), "");
  EXPECT_EQ(tag(R"({"Key":"k51","Value":"v"})"), kTooMany);
  EXPECT_EQ(tag(R"({"Key":"k01","Value":"new"},{"Key":"k51","Value":"v"})"), kTooMany);
  EXPECT_EQ(tag(numbered("k", 51)), kTooMany);
  EXPECT_EQ(tag(R"({"Key":"k01","Value":"v"})"), "");
  expect_tags(numbered("k", 50));
  std::string keys = R"("k")";
  for (int i = 0; i < 50; ++i) keys += fmt::format(R"(,"k{}")", i);
  EXPECT_EQ(untag(keys), kTooMany);
}

TEST_F(Tags, AreAllTakenOrNone) {
  EXPECT_EQ(tag(R"({"Key":"good","Value":"v"},{"Key":"AWS:bad","Value":"v"})"),
            "validation: Tag Key cannot be prefixed with aws:, Key: AWS:bad");
  EXPECT_EQ(tag(R"({"Key":"dup","Value":"1"},{"Key":"dup","Value":"2"})"),
            "validation: Duplicate Tag Keys provided as input: Duplicate Tag Key found dup");
  expect_tags("");
}

TEST_F(Tags, HaveBoundedLengthsInCharacters) {
  const auto repeated = [](std::string_view text, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
  };
  const auto tag_of = [](std::string_view key, std::string_view value) {
    return fmt::format(R"({{"Key":"{}","Value":"{}"}})", key, value);
  };
  EXPECT_EQ(tag(tag_of(repeated("é", 128), repeated("表", 256))), "");
  EXPECT_EQ(tag(tag_of(repeated("k", 129), "v")),
            "validation: The Tag Key provided is invalid, Key: " + repeated("k", 129));
  EXPECT_EQ(tag(tag_of("k", repeated("v", 257))),
            "validation: The Tag Value provided is invalid, Value: " + repeated("v", 257));
}

TEST_F(Tags, HoldLettersDigitsAndSpacesOfAnyScriptAndFewSigns) {
  for (const std::string_view text : {"a+b-c=d.e_f:g/h@i", "ключ", "café", "表", "with space", "myaws:foo"}) {
    EXPECT_EQ(tag(fmt::format(R"({{"Key":"{0}","Value":"{0}"}})", text)), "") << text;
  }
  for (const std::string_view text :
       {"🔑", "100%", "a,b", "a&b", "a*b", "a;b", "(x)", "<a>", "~a", "a#b", "€"}) {
    EXPECT_EQ(tag(fmt::format(R"({{"Key":"{}","Value":""}})", text)),
              fmt::format("validation: The Tag Key provided is invalid, Key: {}", text));
    EXPECT_EQ(tag(fmt::format(R"({{"Key":"k","Value":"{}"}})", text)),
              fmt::format("validation: The Tag Value provided is invalid, Value: {}", text));
  }
}

TEST_F(Tags, RequestsAreCheckedInAwsWords) {
  const RequestCase cases[] = {
      {"TagResource", R"({})", "validation: Invalid TableArn"},
      {"TagResource", R"({"ResourceArn":"a"})",
       "validation: 1 validation error detected: Value null at 'tags' failed to satisfy constraint: Member "
       "must "
       "not be null"},
      {"TagResource", R"({"ResourceArn":"a","Tags":[]})",
       "validation: One or more parameter values were invalid: ARNs must start with 'arn:': a"},
      {"TagResource", R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/ab","Tags":[]})",
       "validation: Invalid TableArn: Invalid ResourceArn provided as input "
       "arn:aws:dynamodb:eu-west-1:000000000000:table/ab"},
      {"TagResource", R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/none","Tags":[]})",
       "validation: Atleast one Tag needs to be provided as Input."},
      {"TagResource",
       R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/none","Tags":[{"Key":"a","Value":"b"}]})",
       "resource_not_found: Requested resource not found: ResourcArn: "
       "arn:aws:dynamodb:eu-west-1:000000000000:table/none not found"},
      {"TagResource",
       R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/music/index/x","Tags":[{"Key":"a","Value":"b"}]})",
       "validation: Invalid TableArn: Invalid ResourceArn provided as input "
       "arn:aws:dynamodb:eu-west-1:000000000000:table/music/index/x"},
      {"TagResource", R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/music","Tags":[{}]})",
       "validation: The Tag Key provided is invalid, Key: null"},
      {"TagResource",
       R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/music","Tags":[{"Key":"a"}]})",
       "validation: The Tag Value provided is invalid, Value: null"},
      {"UntagResource", R"({})", "validation: Invalid TableArn"},
      {"UntagResource", R"({"ResourceArn":"a"})",
       "validation: 1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: "
       "Member must "
       "not be null"},
      {"UntagResource",
       R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/music","TagKeys":[]})",
       "validation: Atleast one Tag Key needs to be provided as Input."},
      {"UntagResource",
       R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/music","TagKeys":["aws:foo"]})",
       "validation: Tag Key cannot be prefixed with aws:, Key: aws:foo"},
      {"UntagResource",
       R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/none","TagKeys":["a"]})",
       "resource_not_found: Requested resource not found"},
      {"ListTagsOfResource", R"({})", "validation: Invalid TableArn"},
      {"ListTagsOfResource", R"({"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/music"})",
       "validation: Invalid TableArn: Invalid ResourceArn provided as input "
       "arn:aws:dynamodb:us-east-1:000000000000:table/music"},
      {"ListTagsOfResource", R"({"ResourceArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/none"})",
       "resource_not_found: Requested resource not found: ResourcArn: "
       "arn:aws:dynamodb:eu-west-1:000000000000:table/none not found"},
  };
  for (const RequestCase& row : cases) region_.expect(row.operation, row.body, row.answer);
}

}  // namespace
}  // namespace gyre::operations
