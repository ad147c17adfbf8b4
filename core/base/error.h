// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace gyre {

/// What went wrong, as far as some caller acts on it. DynamoDB's names are attached once, at the HTTP edge
/// (core/http/error_reply.h).
enum class ErrorCode {
  kValidation,              ///< the request is wrong: ValidationException
  kSerialization,           ///< the JSON is no request of this shape: SerializationException
  kUnknownOperation,        ///< UnknownOperationException
  kResourceNotFound,        ///< table, stream or shard does not exist
  kTableNotFound,           ///< a table does not exist, as operations on backups say it
  kGlobalTableNotFound,     ///< no global table of 2017 has this name
  kPolicyNotFound,          ///< a resource has no policy
  kResourceInUse,           ///< table exists already, or is being changed
  kConditionalCheckFailed,  ///< the condition of a write was false
  kDuplicateItem,           ///< INSERT of a key that is there
  kTransactionCanceled,     ///< a transaction changed nothing; Error::reply_members say why
  kIdempotentMismatch,      ///< a client's token came before, with another request
  kLimitExceeded,           ///< a quota of the control plane
  kThrottled,               ///< a queue is full, or the cap of an on-demand table reached; try again
  kThroughputExceeded,      ///< what is provisioned is spent; try again
  kCollectionTooLarge,      ///< an item collection would grow beyond its limit
  kRequestTooLarge,         ///< more than 16 MB
  kTrimmed,                 ///< the position lies before the oldest record kept
  kExpiredIterator,         ///< a shard iterator older than 15 minutes
  kWrongEpoch,              ///< the cursor belongs to another life of this store
  kAheadOfHead,             ///< the cursor lies after the newest record
  kRecordDiffers,           ///< the record at the cursor is not the one that the cursor saw
  kIncomplete,              ///< not in memory, or more work than this thread may do: to be done elsewhere
  kCorruption,              ///< bytes of our own do not decode
  kUnavailable,             ///< this region cannot serve now (disk floor, stopping, clock ahead of its peers)
  kOutcomeUnknown,          ///< the commit may or may not have happened
  kInternal,
};

/// An expected failure: a code to act on and a sentence for people.
struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  /// JSON members that the error reply carries beside its message, without braces: `"Item":{...}`. Mostly
  /// empty.
  std::string reply_members;
  /// The sentence in AWS's older words, where they differ; otherwise empty. Its regions and operations go
  /// over to the new ones by and by (core/operations/message_style.h).
  std::string older_message;

  Error(ErrorCode code_in, std::string message_in) : code(code_in), message(std::move(message_in)) {}
  static Error validation(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }
  static Error serialization(std::string message) { return {ErrorCode::kSerialization, std::move(message)}; }
  static Error resource_not_found(std::string message) {
    return {ErrorCode::kResourceNotFound, std::move(message)};
  }
  static Error corruption(std::string message) { return {ErrorCode::kCorruption, std::move(message)}; }
  static Error internal(std::string message) { return {ErrorCode::kInternal, std::move(message)}; }

  /// The same error with a sentence of its own for those who speak the older words.
  Error or_in_older_words(std::string sentence) && {
    older_message = std::move(sentence);
    return std::move(*this);
  }
  const std::string& older_words() const { return older_message.empty() ? message : older_message; }
  /// The same error as those say it who speak the older words.
  Error in_older_words() && {
    if (!older_message.empty()) message = std::exchange(older_message, {});
    return std::move(*this);
  }
};

/// The code's name, for logs and tests: "kValidation" -> "validation".
std::string_view error_code_name(ErrorCode code);

}  // namespace gyre
