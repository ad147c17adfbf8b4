// SPDX-License-Identifier: Apache-2.0
#include "core/storage/upkeep.h"

#include <algorithm>
#include <utility>

#include "core/base/background_loop.h"
#include "core/base/check.h"
#include "core/base/log.h"

namespace gyre::storage {
namespace {

class RunningJob {
 public:
  explicit RunningJob(std::unique_ptr<UpkeepJob> job)
      : job_(std::move(job)), loop_([this] { return round(); }, job_->pause()) {}

  UpkeepJob& job() { return *job_; }
  BackgroundLoop& loop() { return loop_; }

  bool round() {
    const Result<UpkeepPlan> plan = job_->plan();
    if (!plan.ok()) {
      log_warning("upkeep could not be planned: {}", plan.error().message);
      return false;
    }
    bool done = false;
    for (const UpkeepStep& step : plan->steps) {
      if (loop_.stopping()) return false;
      const Status taken = step.take();
      done = done || taken.ok();
      if (!taken.ok()) log_warning("could not {}: {}", step.what, taken.error().message);
    }
    return plan->more && done;  // else the next round comes after the pause, and tries again
  }

 private:
  const std::unique_ptr<UpkeepJob> job_;
  BackgroundLoop loop_;
};

class UpkeepThreads final : public Upkeep, private LogListener {
 public:
  explicit UpkeepThreads(Store& store) : store_(store) {}

  void add(std::unique_ptr<UpkeepJob> job) override {
    CHECK(!started_);
    if (job->follows_catalog() && !std::exchange(listens_, true)) store_.writer().add_listener(this);
    jobs_.push_back(std::make_unique<RunningJob>(std::move(job)));
  }

  void start() override {
    started_ = true;
    for (const auto& running : jobs_) running->loop().start();
  }

  void stop() override {
    for (const auto& running : jobs_) running->job().interrupt();
    for (const auto& running : jobs_) running->loop().stop();
  }

  bool round() override {
    CHECK(!started_);
    bool more = false;
    for (const auto& running : jobs_) more = running->round() || more;
    return more;
  }

 private:
  void on_durable(const std::vector<ShardHead>& heads) override {
    const bool catalog = std::any_of(heads.begin(), heads.end(),
                                     [](const ShardHead& head) { return head.shard == kCatalogShard; });
    if (!catalog) return;
    for (const auto& running : jobs_) {
      if (running->job().follows_catalog()) running->loop().wake();
    }
  }

  Store& store_;
  bool started_ = false;
  bool listens_ = false;
  std::vector<std::unique_ptr<RunningJob>> jobs_;  // the same from start() on
};

}  // namespace

std::unique_ptr<Upkeep> Upkeep::make(Store& store) {
  return std::make_unique<UpkeepThreads>(store);
}

Status submit_upkeep(Store& store, std::function<Status(WriteTransaction&)> evaluate) {
  return submit_and_wait(store.writer(), WriteClass::kMaintenance, std::move(evaluate));
}

Status submit_fill(Store& store, std::function<Status(WriteTransaction&)> evaluate) {
  return submit_fill_and_wait(store.writer(), std::move(evaluate));
}

Status flush(Store& store) {
  return store.while_synced([&store] { return store.engine().flush(); });
}

}  // namespace gyre::storage
