// SPDX-License-Identifier: Apache-2.0
#include "core/http/signature.h"

#include <gtest/gtest.h>

#include <string>

namespace gyre::http {
namespace {

std::string refusal(const Credentials& credentials) {
  const auto answer = authenticate(credentials);
  const auto* error = std::get_if<ErrorReply>(&answer);
  return error == nullptr ? "" : error->body;
}

TEST(Signature, TheKeyIdIsThePrincipal) {
  const auto header =
      authenticate({.authorization = "AWS4-HMAC-SHA256 Credential=AKID/20260901/r/dynamodb/aws4_request, "
                                     "SignedHeaders=host, Signature=a",
                    .query = {},
                    .x_amz_date = "20260901T000000Z",
                    .date = {}});
  EXPECT_EQ(std::get<std::string_view>(header), "AKID");
  const auto query = authenticate({.authorization = {},
                                   .query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F2026&"
                                            "X-Amz-Date=d&X-Amz-SignedHeaders=host&X-Amz-Signature=s",
                                   .x_amz_date = {},
                                   .date = {}});
  EXPECT_EQ(std::get<std::string_view>(query), "AKID");
}

TEST(Signature, NoneAtAllIsAMissingToken) {
  for (const std::string_view header : {"", "AWS4", "Bearer x"}) {
    EXPECT_EQ(refusal({header, {}, {}, {}}),
              R"({"__type":"com.amazon.coral.service#MissingAuthenticationTokenException",)"
              R"("message":"Request is missing Authentication Token"})");
  }
}

TEST(Signature, BothFormsAtOnceAreInvalid) {
  EXPECT_EQ(
      refusal({"X", "X-Amz-Algorithm", {}, {}}),
      R"({"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Found both 'X-Amz-Algorithm' )"
      R"(as a query-string param and 'Authorization' as HTTP header."})");
}

// The texts are those that AWS answers.
TEST(Signature, EveryMissingPartIsNamed) {
  const std::string prefix =
      R"({"__type":"com.amazon.coral.service#IncompleteSignatureException","message":")";
  EXPECT_EQ(
      refusal({"AWS4-", {}, {}, {}}),
      prefix +
          "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' "
          "parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires "
          "existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-\"}");
  for (const std::string header : {"AWS4- Signature=b Credential=a", "AWS4- Signature=b, Credential=a"}) {
    EXPECT_EQ(
        refusal({header, {}, {}, "a"}),
        prefix + "Authorization header requires 'SignedHeaders' parameter. Authorization=" + header + "\"}");
  }
  EXPECT_EQ(refusal({{}, "X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=d", {}, {}}),
            prefix +
                "AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the query-string "
                "parameters.\"}");
  EXPECT_NE(refusal({"AWS4-HMAC-SHA25 Credential=a,Signature=b,SignedHeaders=c", {}, "d", {}})
                .find("Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). "),
            std::string::npos);
}

}  // namespace
}  // namespace gyre::http
