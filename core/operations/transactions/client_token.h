// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/operations/requests/api_names.h"
#include "core/storage/writer.h"

namespace gyre::operations {

/// A `ClientRequestToken` with a fingerprint of all that the request says beside it.
struct ClientToken {
  std::string text;
  std::uint64_t fingerprint = 0;
};

/// `ClientRequestToken`, if it is there: 1 to 36 characters, or kValidation.
Result<std::optional<ClientToken>> read_client_token(const RequestReader& request);

/// Was the token used before, for the same request, in the last ten minutes? If not, this stages its use, so
/// that it is remembered if and only if what the request writes becomes durable; and forgets a few tokens
/// that have expired, so that what is kept stays in proportion to what comes in. kIdempotentMismatch if
/// another request used it. Writer thread.
Result<bool> token_was_used(storage::WriteTransaction& transaction, const ClientToken& token);

}  // namespace gyre::operations
