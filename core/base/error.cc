// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"

namespace gyre {

std::string_view error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kValidation:
      return "validation";
    case ErrorCode::kSerialization:
      return "serialization";
    case ErrorCode::kUnknownOperation:
      return "unknown_operation";
    case ErrorCode::kResourceNotFound:
      return "resource_not_found";
    case ErrorCode::kTableNotFound:
      return "table_not_found";
    case ErrorCode::kGlobalTableNotFound:
      return "global_table_not_found";
    case ErrorCode::kPolicyNotFound:
      return "policy_not_found";
    case ErrorCode::kResourceInUse:
      return "resource_in_use";
    case ErrorCode::kConditionalCheckFailed:
      return "conditional_check_failed";
    case ErrorCode::kDuplicateItem:
      return "duplicate_item";
    case ErrorCode::kTransactionCanceled:
      return "transaction_canceled";
    case ErrorCode::kIdempotentMismatch:
      return "idempotent_mismatch";
    case ErrorCode::kLimitExceeded:
      return "limit_exceeded";
    case ErrorCode::kThrottled:
      return "throttled";
    case ErrorCode::kThroughputExceeded:
      return "throughput_exceeded";
    case ErrorCode::kCollectionTooLarge:
      return "collection_too_large";
    case ErrorCode::kRequestTooLarge:
      return "request_too_large";
    case ErrorCode::kTrimmed:
      return "trimmed";
    case ErrorCode::kExpiredIterator:
      return "expired_iterator";
    case ErrorCode::kWrongEpoch:
      return "wrong_epoch";
    case ErrorCode::kAheadOfHead:
      return "ahead_of_head";
    case ErrorCode::kRecordDiffers:
      return "record_differs";
    case ErrorCode::kIncomplete:
      return "incomplete";
    case ErrorCode::kCorruption:
      return "corruption";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kOutcomeUnknown:
      return "outcome_unknown";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "unknown";
}

}  // namespace gyre
