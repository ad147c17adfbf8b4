// SPDX-License-Identifier: Apache-2.0
#include "core/http/error_reply.h"

#include <gtest/gtest.h>

namespace gyre::http {
namespace {

TEST(ErrorReply, NamesSpacesAndStatusesAreThoseOfAws) {
  EXPECT_EQ(error_reply(Error::validation("bad")).body,
            R"({"__type":"com.amazon.coral.validate#ValidationException","message":"bad"})");
  EXPECT_EQ(error_reply(Error::serialization("odd")).body,
            R"({"__type":"com.amazon.coral.service#SerializationException","Message":"odd"})");
  EXPECT_EQ(error_reply(Error::serialization({})).body,
            R"({"__type":"com.amazon.coral.service#SerializationException"})");
  EXPECT_EQ(error_reply(Error::resource_not_found("x")).body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"x"})");
  EXPECT_EQ(error_reply({ErrorCode::kTransactionCanceled, "x"}).body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"x"})");
  EXPECT_EQ(
      error_reply({ErrorCode::kIdempotentMismatch, "x"}).body,
      R"({"__type":"com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException","Message":"x"})");
  EXPECT_EQ(error_reply({ErrorCode::kThrottled, {}}).status, 400);
  EXPECT_EQ(error_reply({ErrorCode::kRequestTooLarge, {}}).status, 413);
  EXPECT_EQ(error_reply({ErrorCode::kOutcomeUnknown, {}}).status, 500);
  EXPECT_EQ(error_reply({ErrorCode::kUnavailable, {}}).status, 503);
}

TEST(ErrorReply, EveryCodeHasAName) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    EXPECT_GE(error_reply({static_cast<ErrorCode>(code), "x"}).status, 400);
  }
}

TEST(ErrorReply, TextIsEscapedAndMembersFollow) {
  Error error(ErrorCode::kConditionalCheckFailed, "say \"no\"");
  error.reply_members = R"("Item":{"a":{"S":"b"}})";
  EXPECT_EQ(error_reply(error).body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",)"
            R"("message":"say \"no\"","Item":{"a":{"S":"b"}}})");
}

TEST(ErrorReply, NamesLeadBackToTheirCodes) {
  EXPECT_EQ(error_code_of("com.amazon.coral.validate#ValidationException"), ErrorCode::kValidation);
  EXPECT_EQ(error_code_of("ResourceNotFoundException"), ErrorCode::kResourceNotFound);
  EXPECT_EQ(error_code_of("com.amazonaws.dynamodb.v20120810#InternalServerError"), ErrorCode::kInternal);
  EXPECT_EQ(error_code_of("x#NoSuchException"), std::nullopt);
}

}  // namespace
}  // namespace gyre::http
