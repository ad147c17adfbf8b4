// SPDX-License-Identifier: Apache-2.0
#include "core/storage/store.h"

#include "core/base/random.h"
#include "core/storage/read_view.h"
#include "core/storage/recovery.h"
#include "core/storage/writer_thread.h"

namespace gyre::storage {

struct Store::State {
  State(std::unique_ptr<Engine> engine_in, StoreOptions options_in, Recovered recovered,
        const Clock& clock_in)
      : engine(std::move(engine_in)),
        options(std::move(options_in)),
        clock(clock_in),
        memory(options.memory),
        reads(*engine, memory),
        change_log(*engine, memory.records, recovered.epoch),
        read_pool(options.read_threads) {
    catalog.publish(std::move(recovered.catalog));
    writer = make_writer(*engine, catalog, memory, options.writer, std::move(recovered.log), clock);
  }

  // In the order that they need each other; destroyed the other way round.
  std::unique_ptr<Engine> engine;
  StoreOptions options;
  const Clock& clock;
  Catalog catalog;
  StoreMemory memory;
  ReadView reads;
  ChangeLog change_log;
  ReadPool read_pool;
  std::unique_ptr<Writer> writer;
};

Result<std::unique_ptr<Store>> Store::open(std::unique_ptr<Engine> engine, StoreOptions options,
                                           const Clock& clock) {
  CHECK(!options.region.empty());
  options.writer.region = options.region;
  options.writer.durability = options.durability;
  if (!options.writer.random) options.writer.random = entropy;
  ASSIGN_OR_RETURN(Recovered recovered, recover(*engine, options.region, options.writer.random));
  auto state = std::make_unique<State>(std::move(engine), std::move(options), std::move(recovered), clock);
  return std::unique_ptr<Store>(new Store(std::move(state)));
}

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::~Store() {
  stop();
}

void Store::stop() {
  state_->writer->stop();
  state_->read_pool.stop();
}

Engine& Store::engine() {
  return *state_->engine;
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
