// SPDX-License-Identifier: Apache-2.0
#include "core/storage/index_building.h"

#include <atomic>
#include <optional>

namespace gyre::storage {
namespace {

class IndexBuilding final : public UpkeepJob {
 public:
  explicit IndexBuilding(Store& store) : store_(store) {}

  Result<UpkeepPlan> plan() override {
    UpkeepPlan plan;
    for (const auto& [table, index] : unfinished_indexes(*store_.catalog().snapshot())) {
      plan.steps.push_back(
          {"build an index", [this, table = table, index = index] { return take(table, index); }});
    }
    plan.more = !plan.steps.empty();
    return plan;
  }

  bool follows_catalog() const override { return true; }
  void interrupt() override { interrupted_ = true; }

 private:
  Status take(TableId table, IndexId index) {
    ASSIGN_OR_RETURN(
        const std::optional<IndexStep> step,
        plan_index_step(store_.engine(), *store_.catalog().snapshot(), table, index, interrupted_));
    return step ? carry_out(store_, *step) : Status();
  }

  Store& store_;
  std::atomic<bool> interrupted_ = false;
};

}  // namespace

Status carry_out(Store& store, const IndexStep& step) {
  if (step.kind == IndexStep::Kind::kFlush) return flush(store);
  const auto evaluate = [&step](WriteTransaction& transaction) { return take_index_step(step, transaction); };
  return step.kind == IndexStep::Kind::kFill ? submit_fill(store, evaluate) : submit_upkeep(store, evaluate);
}

std::unique_ptr<UpkeepJob> make_index_building(Store& store) {
  return std::make_unique<IndexBuilding>(store);
}

}  // namespace gyre::storage
