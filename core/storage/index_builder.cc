// SPDX-License-Identifier: Apache-2.0
#include "core/storage/index_builder.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/base/limits.h"
#include "core/base/log.h"
#include "core/storage/index_build.h"

namespace gyre::storage {
namespace {

class IndexBuilderThread final : public IndexBuilder, private LogListener {
 public:
  explicit IndexBuilderThread(Store& store) : store_(store) { store_.writer().add_listener(this); }
  ~IndexBuilderThread() override { stop(); }

  void start() override {
    thread_ = std::thread([this] { run(); });
  }

  void stop() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  bool step() override {
    bool stepped = false;
    for (const auto& [table, index] : unfinished_indexes(*store_.catalog().snapshot())) {
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
    if (!catalog) return;
    {
      const std::lock_guard lock(mutex_);
      catalog_changed_ = true;
    }
    changed_.notify_all();
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      catalog_changed_ = false;
      lock.unlock();
      const bool stepped = step();
      lock.lock();
      if (stepped) continue;
      changed_.wait_for(lock, std::chrono::milliseconds(limits::kMaintenanceMs),
                        [this] { return stopping_ || catalog_changed_; });
    }
  }

  Store& store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool catalog_changed_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<IndexBuilder> IndexBuilder::make(Store& store) {
  return std::make_unique<IndexBuilderThread>(store);
}

}  // namespace gyre::storage
