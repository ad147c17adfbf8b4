// SPDX-License-Identifier: Apache-2.0
#include "core/operations/requests/dependencies.h"
#include "core/operations/settings/resource_policy.h"

namespace gyre::operations {
namespace {

class GetResourcePolicy final : public ParsedOperation<PolicyOf> {
 public:
  explicit GetResourcePolicy(storage::Store& store) : store_(store) {}

 private:
  Result<PolicyOf> parse(const RequestReader& request) const override {
    return read_policy_of(request, store_);
  }

  Intents intents(const PolicyOf& of) const override { return {{"dynamodb:GetResourcePolicy", of.resource}}; }

  void execute(PolicyOf of, const http::Request&, http::Responder respond) override {
    respond(policy_not_found(of));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_get_resource_policy(const Dependencies& dependencies) {
  return std::make_unique<GetResourcePolicy>(dependencies.store);
}

}  // namespace gyre::operations
