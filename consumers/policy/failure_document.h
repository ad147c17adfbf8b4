// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "consumers/policy/delivery_messages.h"

namespace gyre::consumers {

/// What a failure document says beside the dead letter.
struct FailureContext {
  std::string request_id;  ///< of the last invocation
  std::string function_arn;
  std::string stream_arn;
  std::string shard_id;
  std::string first_sequence;  ///< as the stream shows it
  std::string last_sequence;
  int status_code = 200;
  std::string executed_version = "$LATEST";
  std::string function_error = "Unhandled";
};

/// The JSON that AWS Lambda sends to an OnFailure destination (AWS Lambda developer guide, "Retain discarded
/// records"): pointers to the records, not the records. A batch that was never invoked has no
/// responseContext.
std::string failure_document(const DeadLetter& letter, const FailureContext& context, std::uint64_t now_ms);

}  // namespace gyre::consumers
