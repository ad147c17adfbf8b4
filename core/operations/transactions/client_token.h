// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

/// For each action of a request, in its order: the units that reading what it met would have cost. That is
/// what a request pays that repeats it, whatever became of the items since.
using SeenUnits = std::vector<std::uint8_t>;

/// What the request saw that used the token before, in the last ten minutes; nothing if none did.
/// kIdempotentMismatch if it was another request. Writer thread.
Result<std::optional<SeenUnits>> find_token_use(storage::WriteTransaction& transaction,
                                                const ClientToken& token);

/// Stages the use of a token that find_token_use() did not find, so that it is remembered if and only if what
/// the request writes becomes durable; and forgets a few tokens that have expired, so that what is kept stays
/// in proportion to what comes in. Writer thread.
Status remember_token_use(storage::WriteTransaction& transaction, const ClientToken& token,
                          const SeenUnits& seen);

}  // namespace gyre::operations
