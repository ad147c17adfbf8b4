// SPDX-License-Identifier: Apache-2.0
#include "core/http/destination.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/random.h"

namespace gyre::http {
namespace {

using Kind = Destination::Kind;

std::string header(std::string_view credential) {
  return "AWS4-HMAC-SHA256 Credential=" + std::string(credential) + ", SignedHeaders=host, Signature=a";
}

TEST(SignedRegion, IsTheThirdPartOfTheScopeFromItsEnd) {
  EXPECT_EQ(signed_region(header("AKID/20260901/eu-west-1/dynamodb/aws4_request"), ""), "eu-west-1");
  EXPECT_EQ(signed_region(header("A/K/I/D/20260901/eu-west-1/dynamodb/aws4_request"), ""), "eu-west-1");
  EXPECT_EQ(signed_region("AWS4-HMAC-SHA256 SignedHeaders=host,Credential=a/1/r/s/aws4_request", ""), "r");
  EXPECT_EQ(signed_region("",
                          "X-Amz-Algorithm=a&X-Amz-Credential=AKID%2F20260901%2Feu-west-1%2Fdynamodb%2F"
                          "aws4_request&X-Amz-Date=d"),
            "eu-west-1");
  EXPECT_EQ(signed_region("", "X-Amz-Credential=AKID/20260901/eu-west-1/dynamodb/aws4_request"), "eu-west-1");
}

TEST(SignedRegion, IsEmptyWhereThereIsNoScope) {
  for (const std::string_view credential :
       {"", "/", "////", "AKID", "AKID/20260901", "aws4_request", "eu-west-1/dynamodb/aws4_request",
        "AKID/20260901/eu-west-1/dynamodb/aws4_requests", "AKID/20260901/eu-west-1/dynamodb/"}) {
    EXPECT_EQ(signed_region(header(credential), ""), "") << credential;
  }
  EXPECT_EQ(signed_region("Bearer x", ""), "");
  EXPECT_EQ(signed_region("AWS4-HMAC-SHA256", ""), "");
  EXPECT_EQ(signed_region("", "X-Amz-Credential="), "");
  EXPECT_EQ(signed_region("", ""), "");
}

TEST(SignedRegion, TakesAnyBytes) {
  SeededRandom random(1);
  const std::string_view parts[] = {
      "AWS4-", "Credential=", "X-Amz-Credential=", "/", "%2F", "aws4_request", ",", " ", "&",
      "\0",    "é",           "eu-west-1"};
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::uint64_t left = random.next() % 12; left > 0; --left)
      text += parts[random.next() % std::size(parts)];
    const std::string_view from_header = signed_region(text, "");
    const std::string_view from_query = signed_region("", text);
    EXPECT_TRUE(text.find(from_header) != std::string::npos && text.find(from_query) != std::string::npos);
  }
}

class DestinationTest : public testing::Test {
 protected:
  Destination of(std::string_view region, std::string_view passed_on_to = "",
                 std::string_view arn_region = "") {
    authorization_ = header("AKID/20260901/" + std::string(region) + "/dynamodb/aws4_request");
    request_.authorization = authorization_;
    return destination_of(request_, passed_on_to, arn_region, RegionId("us-east-1"), routes_);
  }

  const std::vector<RegionRoute> routes_ = {{RegionId("eu-west-1"), "http://127.0.0.1:1", {}},
                                            {RegionId("ap-northeast-1"), "http://127.0.0.1:2", {}}};
  HttpRequest request_;
  std::string authorization_;
};

TEST_F(DestinationTest, IsTheRegionThatTheRequestIsSignedFor) {
  EXPECT_EQ(of("us-east-1").kind, Kind::kHere);
  const Destination tokyo = of("ap-northeast-1");
  EXPECT_EQ(tokyo.kind, Kind::kOtherRegion);
  EXPECT_EQ(tokyo.route, 1u);
  EXPECT_EQ(tokyo.region, "ap-northeast-1");
  const Destination moon = of("moon-1");
  EXPECT_EQ(moon.kind, Kind::kUnknownRegion);
  EXPECT_EQ(moon.region, "moon-1");
}

TEST_F(DestinationTest, IsHereForWhatIsNotSignedAndForGyresOwnCommands) {
  EXPECT_EQ(destination_of(request_, "", "", RegionId("us-east-1"), routes_).kind, Kind::kHere);
  request_.x_amz_target = "Gyre.SetLink";
  EXPECT_EQ(of("eu-west-1").kind, Kind::kHere);
  EXPECT_EQ(of("local").kind, Kind::kHere);
}

TEST_F(DestinationTest, IsNeverAnotherForWhatWasPassedOn) {
  EXPECT_EQ(of("us-east-1", "us-east-1").kind, Kind::kHere);
  EXPECT_EQ(of("eu-west-1", "us-east-1").kind, Kind::kHere) << "passed on for its ARN";
  EXPECT_EQ(of("eu-west-1", "eu-west-1").kind, Kind::kAstray);
  EXPECT_EQ(of("us-east-1", "moon-1").kind, Kind::kAstray);
}

TEST_F(DestinationTest, IsTheRegionOfAnArn) {
  const Destination europe = of("us-east-1", "", "eu-west-1");
  EXPECT_EQ(europe.kind, Kind::kOtherRegion);
  EXPECT_EQ(europe.route, 0u);
  EXPECT_EQ(of("us-east-1", "", "us-east-1").kind, Kind::kHere);
  EXPECT_EQ(of("us-east-1", "", "moon-1").kind, Kind::kHere) << "which its operation refuses";
}

TEST(ArnRegion, IsThatOfTheTableStreamOrResource) {
  json::Parser parser;
  const auto region = [&](std::string_view body) { return std::string(arn_region_of(body, parser)); };
  EXPECT_EQ(region(R"({"TableName":"arn:aws:dynamodb:eu-west-1:000000000000:table/a"})"), "eu-west-1");
  EXPECT_EQ(region(R"({"StreamArn":"arn:aws:dynamodb:eu-west-1:000000000000:table/a/stream/x"})"),
            "eu-west-1");
  EXPECT_EQ(region(R"({"ResourceArn":"arn:aws:dynamodb:r:0:table/a"})"), "r");
  EXPECT_EQ(region(R"({"TableName":"music"})"), "");
  EXPECT_EQ(region(R"({"TableName":"music","Item":{"a":{"S":"arn:aws:dynamodb:r:0:table/a"}}})"), "");
  EXPECT_EQ(region(R"({"TableName":"arn:aws:dynamodb:)"), "");
  EXPECT_EQ(region(R"({"TableName":"arn:aws:dynamodb:"})"), "");
  EXPECT_EQ(region(R"(["arn:aws:dynamodb:"])"), "");
  EXPECT_EQ(region(R"({"TableName":["arn:aws:dynamodb:r:0:table/a"]})"), "");
  EXPECT_EQ(region("arn:aws:dynamodb:\xff"), "");
}

}  // namespace
}  // namespace gyre::http
