// SPDX-License-Identifier: Apache-2.0
#include "core/api/part_error.h"

namespace gyre::api {

std::string_view part_error_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kValidation:
      return "ValidationError";
    case ErrorCode::kResourceNotFound:
      return "ResourceNotFound";
    case ErrorCode::kConditionalCheckFailed:
      return "ConditionalCheckFailed";
    case ErrorCode::kDuplicateItem:
      return "DuplicateItem";
    case ErrorCode::kThroughputExceeded:
      return "ProvisionedThroughputExceeded";
    case ErrorCode::kThrottled:
      return "ThrottlingError";
    case ErrorCode::kCollectionTooLarge:
      return "ItemCollectionSizeLimitExceeded";
    default:
      return {};
  }
}

}  // namespace gyre::api
