// SPDX-License-Identifier: Apache-2.0
#include "core/api/caller_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace gyre::api {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// Keeps the reply.
class OneConnection final : public http::Connection {
 public:
  void reply(std::uint64_t, http::Reply reply) override { sent = std::move(reply); }
  bool take_room(const http::ReplyRoom&) override { return true; }
  http::TakenBody take_body() override { return {}; }
  std::string_view header(std::string_view) const override { return {}; }
  void each_header(const HeaderVisitor&) const override {}

  std::optional<http::Reply> sent;
};

class Others final : public http::Handler {
 public:
  void run(const http::HttpRequest&, http::ReplyTo reply) override { reply({200, {}, "others", {}}); }
};

constexpr std::string_view kFormType = "application/x-www-form-urlencoded; charset=utf-8";
constexpr std::string_view kSigned =
    "AWS4-HMAC-SHA256 Credential=AKIA<me>/20260901/us-east-1/sts/aws4_request, SignedHeaders=host, "
    "Signature=0";

http::Reply answer(std::string_view content_type, std::string_view body, std::string_view authorization) {
  const auto handler = make_caller_identity_handler(std::make_unique<Others>());
  const auto connection = std::make_shared<OneConnection>();
  http::HttpRequest request;
  request.content_type = content_type;
  request.body = body;
  request.authorization = authorization;
  request.x_amz_date = "20260901T000000Z";
  request.request_id = "REQUEST";
  handler->run(request, http::ReplyTo(connection, 1));
  return connection->sent.value_or(http::Reply{0, {}, "no reply", {}});
}

TEST(CallerIdentity, IsTheKeyOfTheSignatureAndTheAccountOfAllArns) {
  const http::Reply reply = answer(kFormType, "Action=GetCallerIdentity&Version=2011-06-15", kSigned);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "text/xml");
  EXPECT_THAT(reply.body, AllOf(HasSubstr("<Arn>arn:aws:iam::000000000000:user/AKIA&lt;me&gt;</Arn>"),
                                HasSubstr("<UserId>AKIA&lt;me&gt;</UserId>"),
                                HasSubstr("<Account>000000000000</Account>"),
                                HasSubstr("<RequestId>REQUEST</RequestId>")));
}

TEST(CallerIdentity, WantsASignature) {
  const http::Reply reply = answer(kFormType, "Version=2011-06-15&Action=GetCallerIdentity", "");
  EXPECT_EQ(reply.status, 403);
  EXPECT_THAT(reply.body, HasSubstr("<Code>MissingAuthenticationToken</Code>"));
}

TEST(CallerIdentity, IsTheOnlyActionOfForms) {
  for (const std::string_view body : {"Action=AssumeRole", "Action", "", "&&=&Action=<b>&"}) {
    const http::Reply reply = answer(kFormType, body, kSigned);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_THAT(reply.body, HasSubstr("<Code>InvalidAction</Code>")) << body;
  }
  EXPECT_THAT(answer(kFormType, "Action=<b>", kSigned).body, HasSubstr("operation &lt;b&gt;</Message>"));
}

TEST(CallerIdentity, LeavesAllThatIsNoFormToOthers) {
  EXPECT_EQ(answer("application/x-amz-json-1.0", "Action=GetCallerIdentity", kSigned).body, "others");
  EXPECT_EQ(answer("", "", kSigned).body, "others");
}

TEST(CallerIdentity, TextOfXmlHasNoMarkup) {
  EXPECT_EQ(xml_text("a&b<c>\n\xff"), "a&amp;b&lt;c&gt;?\xef\xbf\xbd");
}

}  // namespace
}  // namespace gyre::api
