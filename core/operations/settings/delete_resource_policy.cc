// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "core/operations/requests/dependencies.h"
#include "core/operations/settings/resource_policy.h"

namespace gyre::operations {
namespace {

struct PolicyDeletion {
  PolicyOf of;
  bool expects_one = false;
};

/// "Running it multiple times on the same resource doesn't result in an error response", unless a revision is
/// expected (API reference, DeleteResourcePolicy).
class DeleteResourcePolicy final : public ParsedOperation<PolicyDeletion> {
 public:
  explicit DeleteResourcePolicy(storage::Store& store) : store_(store) {}

 private:
  Result<PolicyDeletion> parse(const RequestReader& request) const override {
    ASSIGN_OR_RETURN(PolicyOf of, read_policy_of(request, store_));
    return PolicyDeletion{std::move(of), request.has("ExpectedRevisionId")};
  }

  Intents intents(const PolicyDeletion& deletion) const override {
    return {{"dynamodb:DeleteResourcePolicy", deletion.of.resource}};
  }

  void execute(PolicyDeletion deletion, const http::Request&, http::Responder respond) override {
    if (deletion.expects_one) return respond(policy_not_found(deletion.of));
    respond(std::string("{}"));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_delete_resource_policy(const Dependencies& dependencies) {
  return std::make_unique<DeleteResourcePolicy>(dependencies.store);
}

}  // namespace gyre::operations
