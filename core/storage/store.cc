// SPDX-License-Identifier: Apache-2.0
#include "core/storage/store.h"

#include "core/base/log.h"
#include "core/base/random.h"
#include "core/storage/applied_frames.h"
#include "core/storage/committer.h"
#include "core/storage/function_request.h"
#include "core/storage/read_view.h"
#include "core/storage/recovery.h"
#include "core/storage/writer_thread.h"

namespace gyre::storage {

struct Store::State {
  State(StoreHome home_in, StoreOptions options_in, Epoch epoch_in, std::unique_ptr<RegionLog> log_in,
        Recovered recovered, const Clock& clock_in)
      : home(std::move(home_in)),
        options(std::move(options_in)),
        clock(clock_in),
        log(std::move(log_in)),
        memory(options.memory),
        reads(*home.engine, memory),
        change_log(*home.engine, log->log(), epoch_in),
        read_pool(options.read_threads),
        committer(*home.engine, *log) {
    catalog.publish(std::move(recovered.catalog));
    writer = make_writer(*home.engine, committer, catalog, memory, options.writer, std::move(recovered.log),
                         clock);
  }

  // In the order that they need each other; destroyed the other way round.
  StoreHome home;
  StoreOptions options;
  const Clock& clock;
  std::unique_ptr<RegionLog> log;
  Catalog catalog;
  StoreMemory memory;
  ReadView reads;
  ChangeLog change_log;
  ReadPool read_pool;
  Committer committer;
  InlineSink flush_sink;  // of requests that only wake the writer
  std::unique_ptr<Writer> writer;
  bool stopped = false;
};

namespace {

// Before anything is written: a log that is put back is still this store's.
Status check_log_is_there(const files::Folder& folder, const std::optional<log::FramePosition>& reached) {
  ASSIGN_OR_RETURN(const bool there, has_identity(folder));
  if (there || !reached) return {};
  return Error::corruption("the log is missing: the engine has followed one up to frame " +
                           std::to_string(reached->frame.value()));
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(StoreHome home, StoreOptions options, const Clock& clock) {
  CHECK(!options.region.empty());
  options.writer.region = options.region;
  options.writer.durability = options.durability;
  if (!options.writer.random) options.writer.random = entropy;
  options.log.recent_bytes_max = options.memory.records;
  ASSIGN_OR_RETURN(const auto reached, applied(*home.engine));
  RETURN_IF_ERROR(check_log_is_there(*home.log, reached));
  ASSIGN_OR_RETURN(const StoreIdentity identity,
                   begin_term(*home.log, options.region, options.writer.random));
  // An engine that has nothing needs the log from its beginning.
  ASSIGN_OR_RETURN(std::unique_ptr<RegionLog> log,
                   RegionLog::open(*home.log, identity, options.log, reached.value_or(log::FramePosition())));
  RETURN_IF_ERROR(catch_up(*home.engine, log->log()));
  ASSIGN_OR_RETURN(Recovered recovered, recover(*home.engine, log->log()));
  auto state = std::make_unique<State>(std::move(home), std::move(options), identity.epoch, std::move(log),
                                       std::move(recovered), clock);
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() {
  stop();
}

void Store::start() {
  state_->log->start();
  state_->writer->start();
}

void Store::request_flush() {
  state_->committer.request_flush();
  // It wakes the writer.
  state_->writer->submit(std::make_unique<FunctionRequest>(
      state_->flush_sink, [](WriteTransaction&) { return Status(); }, [](Status) {},
      WriteClass::kMaintenance));
}

Status Store::close_segment() {
  // The writer may have gone on into the segment that was ready.
  constexpr int kAttempts = 20;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    RETURN_IF_ERROR(state_->log->do_upkeep());
    state_->committer.request_close();
    RETURN_IF_ERROR(submit_and_wait(*state_->writer, WriteClass::kMaintenance,
                                    [](WriteTransaction&) { return Status(); }));
    if (!state_->committer.close_is_due()) return {};
  }
  return Error(ErrorCode::kUnavailable, "the log's segment could not be closed");
}

Status Store::while_synced(const std::function<Status()>& act) {
  if (state_->options.durability == Durability::kSync) return act();
  state_->committer.always_sync(true);
  Status done =
      submit_and_wait(writer(), WriteClass::kMaintenance, [](WriteTransaction&) { return Status(); });
  if (done.ok()) done = act();
  state_->committer.always_sync(false);
  return done;
}

void Store::stop() {
  state_->writer->stop();
  state_->log->stop();
  state_->read_pool.stop();
  if (state_->stopped) return;
  state_->stopped = true;
  if (const Status sealed = state_->log->log().stop(); !sealed.ok()) {
    log_warning("the log: {}", sealed.error().message);
  }
}

Engine& Store::engine() {
  return *state_->home.engine;
}
RegionLog& Store::log() {
  return *state_->log;
}
const ReadView& Store::reads() const {
  return state_->reads;
}
Catalog& Store::catalog() {
  return state_->catalog;
}
Writer& Store::writer() {
  return *state_->writer;
}
ReadPool& Store::read_pool() {
  return state_->read_pool;
}
const ChangeLog& Store::change_log() const {
  return state_->change_log;
}
NewExpiryRows& Store::new_expiry_rows() {
  return state_->memory.expiry;
}
Epoch Store::epoch() const {
  return state_->change_log.epoch();
}
const RegionId& Store::region() const {
  return state_->options.region;
}
const Clock& Store::clock() const {
  return state_->clock;
}

}  // namespace gyre::storage
