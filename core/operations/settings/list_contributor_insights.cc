// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "core/operations/requests/dependencies.h"
#include "core/operations/requests/item_intents.h"
#include "core/operations/settings/contributor_insights.h"

namespace gyre::operations {
namespace {

/// AWS lists those that were ever enabled: none.
class ListContributorInsights final : public ParsedOperation<std::optional<InsightsOf>> {
 public:
  explicit ListContributorInsights(storage::Store& store) : store_(store) {}

 private:
  Result<std::optional<InsightsOf>> parse(const RequestReader& request) const override {
    const auto most =
        request.integer("MaxResults", std::numeric_limits<std::int64_t>::min(), limits::kListInsightsMax);
    if (!most.ok()) return most.error();
    if (!request.has("TableName")) return std::optional<InsightsOf>();
    ASSIGN_OR_RETURN(InsightsOf of, read_insights_of(request, store_));
    return std::optional(std::move(of));
  }

  Intents intents(const std::optional<InsightsOf>& of) const override {
    constexpr std::string_view kAction = "dynamodb:ListContributorInsights";
    return of ? insights_intent(kAction, *of) : general_intent(kAction);
  }

  void execute(std::optional<InsightsOf>, const http::Request&, http::Responder respond) override {
    respond(std::string(R"({"ContributorInsightsSummaries":[]})"));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_list_contributor_insights(const Dependencies& dependencies) {
  return std::make_unique<ListContributorInsights>(dependencies.store);
}

}  // namespace gyre::operations
