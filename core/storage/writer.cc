// SPDX-License-Identifier: Apache-2.0
#include "core/storage/writer.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "core/base/check.h"
#include "core/storage/function_request.h"
#include "core/storage/writer_thread.h"

namespace gyre::storage {
namespace {

class WriterThread final : public Writer {
 public:
  WriterThread(const Engine& engine, Committer& committer, Catalog& catalog, StoreMemory& memory,
               WriterOptions options, WriterState log, const Clock& clock)
      : committer_(committer),
        clock_(clock),
        commit_failed_(options.commit_failed),
        machine_(engine, catalog, memory, std::move(options), std::move(log)) {}
  ~WriterThread() override { stop(); }

  void submit(std::unique_ptr<WriteRequest> request) override {
    const Status taken = machine_.enqueue(request);
    if (!taken.ok()) return request->complete(taken);
    wake_if_asleep();
  }

  void add_listener(LogListener* listener) override { listeners_.push_back(listener); }

  void start() override {
    CHECK(!thread_.joinable());
    thread_ = std::thread([this] { run(); });
  }

  bool run_once() override {
    const std::uint64_t now_ms = clock_.now_ms();
    if (!machine_.has_work(now_ms)) return false;
    // Before anything is decided: then it can be written.
    const Status room = committer_.make_room();
    if (!room.ok()) {
      if (room.error().code != ErrorCode::kUnavailable) return end(room.error());
      hand_out(machine_.refuse(room.error()));
      // A flush is what lets the log be trimmed.
      if (Status flushed = committer_.flush_if_due(); !flushed.ok()) return end(flushed.error());
    }
    const std::uint64_t began_ns = clock_.steady_ns();
    if (!machine_.step(now_ms, room.ok())) return !room.ok();
    const std::uint64_t evaluated_ns = clock_.steady_ns();
    batch_requests_.record(machine_.batch_requests());
    evaluation_ns_.record(evaluated_ns - began_ns);
    if (Status done = commit(evaluated_ns); !done.ok()) return end(done.error());
    hand_out(machine_.committed());
    return true;
  }

  void stop() override {
    machine_.close();
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) {
      thread_.join();
    } else {
      hand_out(machine_.abandon());
    }
  }

  std::optional<ShardHead> head(ShardId shard) const override { return machine_.head(shard); }
  TableCounts counts(TableId table) const override { return machine_.counts(table); }
  HybridTime watermark() const override { return machine_.watermark(clock_.now_ms()); }
  WriterStatus status() const override {
    WriterStatus status;
    machine_.tell(status);
    status.batch_requests = batch_requests_.read();
    status.batch_bytes = batch_bytes_.read();
    status.evaluation_ns = evaluation_ns_.read();
    status.synced_commit_ns = synced_commit_ns_.read();
    status.unsynced_commit_ns = unsynced_commit_ns_.read();
    return status;
  }

 private:
  void run() {
    while (true) {
      if (run_once()) continue;
      std::unique_lock lock(mutex_);
      // Said before looking once more: a submit() that comes after the look sees it, and takes the mutex to
      // wake us.
      asleep_ = true;
      const auto awaited = [this] { return stopping_ || machine_.has_work(clock_.now_ms()); };
      if (machine_.has_unsynced()) {
        wake_.wait_for(lock, std::chrono::milliseconds(limits::kWriterAsyncSyncMs), awaited);
      } else {
        wake_.wait(lock, awaited);
      }
      asleep_ = false;
      if (stopping_ && !machine_.has_work(clock_.now_ms())) return;
    }
  }

  // Of the process: what its last commit left is not known. Else (in tests) all that waits is answered so.
  bool end(const Error& error) {
    const std::string reason = "commit failed, outcome unknown: " + error.message;
    if (!commit_failed_) fatal(reason);
    commit_failed_(reason);
    hand_out(machine_.failed());
    return true;
  }

  Status commit(std::uint64_t evaluated_ns) {
    const CommitBatch& batch = machine_.batch();
    const Durability durability = machine_.durability();
    if (batch.empty() || machine_.batch_is_fill()) {
      RETURN_IF_ERROR(committer_.fill(batch));
      if (durability == Durability::kSync) RETURN_IF_ERROR(committer_.sync());
      return committer_.flush_if_due();
    }
    batch_bytes_.record(batch.size_bytes());
    RETURN_IF_ERROR(committer_.commit(batch, machine_.stamp(), durability));
    (durability == Durability::kSync ? synced_commit_ns_ : unsynced_commit_ns_)
        .record(clock_.steady_ns() - evaluated_ns);
    return committer_.flush_if_due();
  }

  // No system call while the writer is busy, which it is under load.
  void wake_if_asleep() {
    if (!asleep_) return;
    {
      const std::lock_guard lock(mutex_);
    }
    wake_.notify_one();
  }

  void hand_out(WriterMachine::Finished finished) {
    for (auto& [sink, completions] : finished.completions) sink->deliver(std::move(completions));
    if (finished.heads.empty()) return;
    for (LogListener* listener : listeners_) listener->on_durable(finished.heads);
  }

  Committer& committer_;
  const Clock& clock_;
  const std::function<void(const std::string&)> commit_failed_;
  mutable WriterMachine machine_;  // its watermark() remembers what it handed out
  std::vector<LogListener*> listeners_;

  // The thread that drives the machine counts, any thread reads.
  metrics::Histogram batch_requests_{metrics::number_bounds()};
  metrics::Histogram batch_bytes_{metrics::size_bounds()};
  metrics::Histogram evaluation_ns_{metrics::time_bounds()};
  metrics::Histogram synced_commit_ns_{metrics::time_bounds()};
  metrics::Histogram unsynced_commit_ns_{metrics::time_bounds()};

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::atomic<bool> asleep_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Writer> make_writer(const Engine& engine, Committer& committer, Catalog& catalog,
                                    StoreMemory& memory, WriterOptions options, WriterState log,
                                    const Clock& clock) {
  return std::make_unique<WriterThread>(engine, committer, catalog, memory, std::move(options),
                                        std::move(log), clock);
}

namespace {

Status submit_function(Writer& writer, WriteClass write_class, FunctionRequest::Kind kind,
                       std::function<Status(WriteTransaction&)> evaluate) {
  // Shared with the request, which lives until all of this is done with.
  struct Waiting {
    InlineSink sink;
    std::promise<Status> answer;
  };
  const auto waiting = std::make_shared<Waiting>();
  std::future<Status> answer = waiting->answer.get_future();
  writer.submit(std::make_unique<FunctionRequest>(
      waiting->sink, std::move(evaluate),
      [waiting](Status outcome) { waiting->answer.set_value(std::move(outcome)); }, write_class, kind));
  return answer.get();
}

}  // namespace

Status submit_and_wait(Writer& writer, WriteClass write_class,
                       std::function<Status(WriteTransaction&)> evaluate) {
  return submit_function(writer, write_class, FunctionRequest::Kind::kLogged, std::move(evaluate));
}

Status submit_fill_and_wait(Writer& writer, std::function<Status(WriteTransaction&)> evaluate) {
  return submit_function(writer, WriteClass::kMaintenance, FunctionRequest::Kind::kFill, std::move(evaluate));
}

}  // namespace gyre::storage
