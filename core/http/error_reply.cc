// SPDX-License-Identifier: Apache-2.0
#include "core/http/error_reply.h"

#include <array>

#include "core/base/check.h"
#include "core/json/json_writer.h"
#include "core/json/utf8.h"

namespace gyre::http {
namespace {

constexpr std::string_view kService = "com.amazon.coral.service#";
constexpr std::string_view kValidate = "com.amazon.coral.validate#";
constexpr std::string_view kDynamo = "com.amazonaws.dynamodb.v20120810#";

struct Name {
  ErrorCode code;
  int status;
  std::string_view space;
  std::string_view name;
};

// Where several codes share a name, the first is what error_code_of() answers.
constexpr Name kNames[] = {
    {ErrorCode::kValidation, 400, kValidate, "ValidationException"},
    {ErrorCode::kSerialization, 400, kService, "SerializationException"},
    {ErrorCode::kUnknownOperation, 400, kService, "UnknownOperationException"},
    {ErrorCode::kResourceNotFound, 400, kDynamo, "ResourceNotFoundException"},
    {ErrorCode::kTableNotFound, 400, kDynamo, "TableNotFoundException"},
    {ErrorCode::kGlobalTableNotFound, 400, kDynamo, "GlobalTableNotFoundException"},
    {ErrorCode::kPolicyNotFound, 400, kDynamo, "PolicyNotFoundException"},
    {ErrorCode::kResourceInUse, 400, kDynamo, "ResourceInUseException"},
    {ErrorCode::kConditionalCheckFailed, 400, kDynamo, "ConditionalCheckFailedException"},
    {ErrorCode::kDuplicateItem, 400, kDynamo, "DuplicateItemException"},
    {ErrorCode::kTransactionCanceled, 400, kDynamo, "TransactionCanceledException"},
    {ErrorCode::kIdempotentMismatch, 400, kDynamo, "IdempotentParameterMismatchException"},
    {ErrorCode::kLimitExceeded, 400, kDynamo, "LimitExceededException"},
    {ErrorCode::kThrottled, 400, kDynamo, "ThrottlingException"},
    {ErrorCode::kThroughputExceeded, 400, kDynamo, "ProvisionedThroughputExceededException"},
    {ErrorCode::kCollectionTooLarge, 400, kDynamo, "ItemCollectionSizeLimitExceededException"},
    {ErrorCode::kRequestTooLarge, 413, kService, "RequestEntityTooLargeException"},
    // A position that is not in this store's log, for whatever reason: a reader must choose a new one.
    {ErrorCode::kTrimmed, 400, kDynamo, "TrimmedDataAccessException"},
    {ErrorCode::kWrongEpoch, 400, kDynamo, "TrimmedDataAccessException"},
    {ErrorCode::kAheadOfHead, 400, kDynamo, "TrimmedDataAccessException"},
    {ErrorCode::kRecordDiffers, 400, kDynamo, "TrimmedDataAccessException"},
    {ErrorCode::kExpiredIterator, 400, kDynamo, "ExpiredIteratorException"},
    {ErrorCode::kUnavailable, 503, kService, "ServiceUnavailable"},
    // SDKs try these again by themselves, which is right for an outcome that nobody knows.
    {ErrorCode::kInternal, 500, kDynamo, "InternalServerError"},
    {ErrorCode::kOutcomeUnknown, 500, kDynamo, "InternalServerError"},
    {ErrorCode::kCorruption, 500, kDynamo, "InternalServerError"},
    {ErrorCode::kIncomplete, 500, kDynamo, "InternalServerError"},
};

// Of the check of signatures and of origins alone.
constexpr std::string_view kMissingToken = "MissingAuthenticationTokenException";
constexpr std::string_view kIncompleteSignature = "IncompleteSignatureException";
constexpr std::string_view kInvalidSignature = "InvalidSignatureException";
constexpr std::string_view kAccessDenied = "AccessDeniedException";

struct Outcomes {
  std::array<std::string_view, kOutcomesMax> names{};
  std::size_t count = 0;
};

constexpr Outcome find_outcome(const Outcomes& outcomes, std::string_view name) {
  for (std::size_t i = 0; i < outcomes.count; ++i) {
    if (outcomes.names[i] == name) return static_cast<Outcome>(i);
  }
  return kNotCounted;
}

constexpr Outcomes make_outcomes() {
  Outcomes outcomes;
  const auto add = [&](std::string_view name) {
    if (find_outcome(outcomes, name) == kNotCounted) outcomes.names[outcomes.count++] = name;
  };
  add("success");
  for (const Name& name : kNames) add(name.name);
  for (const std::string_view name : {kMissingToken, kIncompleteSignature, kInvalidSignature, kAccessDenied})
    add(name);
  return outcomes;
}
constexpr Outcomes kOutcomeNames = make_outcomes();
static_assert(kOutcomeNames.names[kSuccess] == "success");

const Name& name_of(ErrorCode code) {
  for (const Name& name : kNames) {
    if (name.code == code) return name;
  }
  fatal("an error code without a name on the wire");
}

std::string_view message_member(ErrorCode code) {
  const bool upper = code == ErrorCode::kSerialization || code == ErrorCode::kTransactionCanceled ||
                     code == ErrorCode::kIdempotentMismatch;
  return upper ? "Message" : "message";
}

std::string error_body(std::string_view space, std::string_view name, std::string_view message_member,
                       std::string_view message) {
  std::string body;
  json::Writer writer(body);
  writer.begin_object().key("__type").plain_string(std::string(space).append(name));
  if (!message.empty()) writer.member(message_member, json::to_utf8(message));
  writer.end_object();
  return body;
}

ErrorReply service_error(std::string_view name, std::string_view message) {
  return {400, error_body(kService, name, "message", message), find_outcome(kOutcomeNames, name)};
}

}  // namespace

std::span<const std::string_view> outcome_names() {
  return std::span(kOutcomeNames.names).first(kOutcomeNames.count);
}

ErrorReply error_reply(const Error& error) {
  const Name& name = name_of(error.code);
  ErrorReply reply{name.status, error_body(name.space, name.name, message_member(error.code), error.message),
                   find_outcome(kOutcomeNames, name.name)};
  if (!error.reply_members.empty()) {
    reply.body.pop_back();
    reply.body.append(",").append(error.reply_members).append("}");
  }
  return reply;
}

ErrorReply missing_authentication_token() {
  return service_error(kMissingToken, "Request is missing Authentication Token");
}

ErrorReply incomplete_signature(std::string_view message) {
  return service_error(kIncompleteSignature, message);
}

ErrorReply invalid_signature(std::string_view message) {
  return service_error(kInvalidSignature, message);
}

ErrorReply forbidden_origin(std::string_view origin) {
  ErrorReply reply = service_error(
      kAccessDenied, std::string("A web page of the origin '").append(origin).append("' may not use this"));
  reply.status = 403;
  return reply;
}

std::optional<ErrorCode> error_code_of(std::string_view type) {
  type.remove_prefix(type.rfind('#') + 1);  // npos + 1 is 0
  for (const Name& name : kNames) {
    if (name.name == type) return name.code;
  }
  return std::nullopt;
}

}  // namespace gyre::http
