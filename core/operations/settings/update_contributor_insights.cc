// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>
#include <utility>

#include "core/operations/requests/dependencies.h"
#include "core/operations/settings/contributor_insights.h"

namespace gyre::operations {
namespace {

/// Disabling what is never enabled is answered as AWS does; enabling is refused.
class UpdateContributorInsights final : public ParsedOperation<InsightsOf> {
 public:
  explicit UpdateContributorInsights(storage::Store& store) : store_(store) {}

 private:
  enum class Action { kEnable, kDisable };

  Result<InsightsOf> parse(const RequestReader& request) const override {
    constexpr std::array<std::string_view, 2> kActions = {"ENABLE", "DISABLE"};
    constexpr std::string_view kMember = "ContributorInsightsAction";
    ASSIGN_OR_RETURN(const auto action, request.choice<Action>(kMember, kActions));
    if (!action) return missing_member_error(request.path_of(kMember));
    ASSIGN_OR_RETURN(InsightsOf of, read_insights_of(request, store_));
    if (action == Action::kEnable) {
      return Error::validation("Gyre: contributor insights are not supported yet");
    }
    return of;
  }

  Intents intents(const InsightsOf& of) const override {
    return insights_intent("dynamodb:UpdateContributorInsights", of);
  }

  void execute(InsightsOf of, const http::Request&, http::Responder respond) override {
    respond(disabled_insights(of));
  }

  storage::Store& store_;
};

}  // namespace

OperationPointer make_update_contributor_insights(const Dependencies& dependencies) {
  return std::make_unique<UpdateContributorInsights>(dependencies.store);
}

}  // namespace gyre::operations
