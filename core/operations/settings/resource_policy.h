// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/item_intents.h"
#include "core/storage/store.h"

namespace gyre::operations {

// No table and no stream has a policy: there is no authorization that would go by it, so none can be put.

/// `ResourceArn`, which names a table or a stream of this region.
struct PolicyOf {
  std::string arn;
  Resource resource;
};
/// kValidation, kResourceNotFound.
Result<PolicyOf> read_policy_of(const RequestReader& request, storage::Store& store);

/// kPolicyNotFound.
Error policy_not_found(const PolicyOf& of);

}  // namespace gyre::operations
