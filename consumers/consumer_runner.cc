// SPDX-License-Identifier: Apache-2.0
#include "consumers/consumer_runner.h"

#include <utility>

#include <fmt/core.h>

#include "core/base/log.h"

namespace gyre::consumers {

namespace {

constexpr int kPollMs = 100;
constexpr std::uint64_t kListPauseNs = 1'000'000'000;

}  // namespace

ConsumerRunner::ConsumerRunner(ConsumerRunnerOptions options, streams::StreamClient& client,
                               const Clock& clock)
    : options_(std::move(options)), client_(client), clock_(clock) {}

ConsumerRunner::~ConsumerRunner() {
  if (listing_) client_.close(*listing_);
}

Status ConsumerRunner::run(Factory factory, const std::atomic<bool>& stop) {
  while (!stop && !client_.connected()) client_.poll(kPollMs);
  if (stop) return {};
  thread_ = std::make_unique<DeliveryThread>(
      [factory = std::move(factory), region = client_.region()] { return factory(region); },
      [this] { client_.wake(); });
  while (!stop && !error_) turn();
  thread_.reset();
  shards_.clear();
  retired_.clear();
  if (error_) return *std::move(error_);
  return {};
}

void ConsumerRunner::turn() {
  client_.poll(kPollMs);
  if (std::optional<Error> failure = thread_->failure()) return stop(*std::move(failure));
  for (DeliveryThread::Done& done : thread_->take()) {
    const auto shard = shards_.find(done.delivery.shard);
    if (shard != shards_.end()) shard->second->delivered(done.token, done.delivery, std::move(done.outcome));
  }
  retired_.clear();
  std::vector<ShardDelivery*> deliveries;  // a tick may change the map
  for (const auto& [id, delivery] : shards_) deliveries.push_back(delivery.get());
  for (ShardDelivery* delivery : deliveries) delivery->tick();
  if (lineage_.idle() && !listing_ && clock_.steady_ns() >= list_due_ns_) list_shards();
}

// --- which shards ---

void ConsumerRunner::list_shards() {
  streams::SessionOptions options;
  options.table_shards = options_.table;
  listing_ = client_.open(std::move(options), this);
}

void ConsumerRunner::list_later() {
  list_due_ns_ = clock_.steady_ns() + kListPauseNs;
}

void ConsumerRunner::on_opened(const streams::Opened& opened) {
  if (!listing_) return;
  client_.close(*std::exchange(listing_, std::nullopt));
  waiting_logged_ = false;
  const std::vector<ShardId> ready = lineage_.add(opened.shards);
  if (ready.empty()) list_later();
  open(ready);
}

void ConsumerRunner::on_refused(streams::RefusedReason reason, const std::string& message, SequenceNumber) {
  listing_.reset();
  list_later();
  if (!std::exchange(waiting_logged_, true)) {
    const bool missing = reason == streams::RefusedReason::kNoSuchTable;
    log_info("consumer {}: waiting for {} {}{}", options_.consumer,
             missing ? "a table" : "the region to list table", options_.table, missing ? "" : ": " + message);
  }
}

void ConsumerRunner::open(const std::vector<ShardId>& shards) {
  for (const ShardId shard : shards) {
    DeliveryPort& port = *this;
    auto delivery = std::make_unique<ShardDelivery>(
        shard, ShardDelivery::Names{options_.table, options_.consumer}, client_, port, clock_);
    delivery->start();
    shards_.emplace(shard, std::move(delivery));
  }
}

// --- what the shards ask for ---

void ConsumerRunner::deliver(std::uint64_t token, Delivery delivery) {
  thread_->post(token, std::move(delivery));
}

void ConsumerRunner::finished(ShardId shard, const std::vector<ShardId>& children) {
  retire(shard);
  open(lineage_.finished(shard, children));
}

void ConsumerRunner::gone(ShardId shard) {
  log_warning("consumer {}: {} is gone", options_.consumer, storage::shard_id_text(shard));
  retire(shard);
  list_later();
  open(lineage_.gone(shard));
}

void ConsumerRunner::retire(ShardId shard) {
  auto delivery = shards_.extract(shard);
  if (delivery) retired_.push_back(std::move(delivery.mapped()));
}

void ConsumerRunner::stop(Error error) {
  if (!error_) error_ = std::move(error);
}

}  // namespace gyre::consumers
