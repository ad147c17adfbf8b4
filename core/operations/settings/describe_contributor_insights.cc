// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "core/operations/requests/dependencies.h"
#include "core/operations/settings/contributor_insights.h"

namespace gyre::operations {
namespace {

class DescribeContributorInsights final : public ParsedOperation<InsightsOf> {
 public:
  explicit DescribeContributorInsights(storage::Store& store) : store_(store) {}

 private:
  Result<InsightsOf> parse(const RequestReader& request) const override {
    return read_insights_of(request, store_);
  }

  Intents intents(const InsightsOf& of) const override {
    return insights_intent("dynamodb:DescribeContributorInsights", of);
  }

  void execute(InsightsOf of, const http::Request&, http::Responder respond) override {
    respond(disabled_insights(of));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_describe_contributor_insights(const Dependencies& dependencies) {
  return std::make_unique<DescribeContributorInsights>(dependencies.store);
}

}  // namespace gyre::operations
