// SPDX-License-Identifier: Apache-2.0
#include "core/storage/index_builder.h"

#include <algorithm>
#include <chrono>

#include "core/base/background_loop.h"
#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/storage/index_build.h"

namespace gyre::storage {
namespace {

class IndexBuilderThread final : public IndexBuilder, private LogListener {
 public:
  explicit IndexBuilderThread(Store& store)
      : store_(store), loop_([this] { return step(); }, std::chrono::milliseconds(limits::kMaintenanceMs)) {
    store_.writer().add_listener(this);
  }

  void start() override { loop_.start(); }
  void stop() override { loop_.stop(); }

  bool step() override {
    bool stepped = false;
    for (const auto& [table, index] : unfinished_indexes(*store_.catalog().snapshot())) {
      if (loop_.stopping()) return false;
      const Status taken = take(table, index);
      stepped = stepped || taken.ok();
      // The next round tries again.
      if (!taken.ok()) log_warning("could not build an index: {}", taken.error().message);
    }
    return stepped;
  }

 private:
  Status take(TableId table, IndexId index) {
    ASSIGN_OR_RETURN(const std::optional<IndexStep> step,
                     plan_index_step(store_.engine(), *store_.catalog().snapshot(), table, index));
    if (!step) return {};
    return submit_and_wait(store_.writer(), WriteClass::kMaintenance, [&step](WriteTransaction& transaction) {
      return take_index_step(*step, transaction);
    });
  }

  void on_durable(const std::vector<ShardHead>& heads) override {
    const bool catalog = std::any_of(heads.begin(), heads.end(),
                                     [](const ShardHead& head) { return head.shard == kCatalogShard; });
    if (catalog) loop_.wake();
  }

  Store& store_;
  BackgroundLoop loop_;
};

}  // namespace

std::unique_ptr<IndexBuilder> IndexBuilder::make(Store& store) {
  return std::make_unique<IndexBuilderThread>(store);
}

}  // namespace gyre::storage
