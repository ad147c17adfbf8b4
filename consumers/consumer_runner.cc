// SPDX-License-Identifier: Apache-2.0
#include "consumers/consumer_runner.h"

#include <utility>

#include <fmt/core.h>

#include "core/base/log.h"

namespace gyre::consumers {

namespace {

constexpr int kPollMs = 100;

}  // namespace

ConsumerRunner::ConsumerRunner(ConsumerRunnerOptions options, streams::StreamClient& client,
                               const Clock& clock)
    : options_(std::move(options)), client_(client), clock_(clock), table_({.table = options_.table}) {}

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
  table_.tick(clock_.steady_ns());
  follow();
}

// --- which shards ---

void ConsumerRunner::follow() {
  for (const streams::TableShards::Event& event : table_.take_events()) {
    std::visit([this](const auto& one) { act(one); }, event);
  }
}

void ConsumerRunner::act(const streams::TableShards::List&) {
  streams::SessionOptions options;
  options.table_shards = options_.table;
  listing_ = client_.open(std::move(options), this);
}

void ConsumerRunner::on_opened(const streams::Opened& opened) {
  if (!listing_) return;
  client_.close(*std::exchange(listing_, std::nullopt));
  waiting_logged_ = false;
  table_.listed(opened, clock_.steady_ns());
  follow();
}

void ConsumerRunner::on_refused(streams::RefusedReason reason, const std::string& message, SequenceNumber) {
  if (!std::exchange(listing_, std::nullopt)) return;
  table_.not_listed(reason, message, clock_.steady_ns());
  follow();
}

void ConsumerRunner::act(const streams::TableShards::Missing& missing) {
  if (std::exchange(waiting_logged_, true)) return;
  const bool none = missing.reason == streams::RefusedReason::kNoSuchTable;
  log_info("consumer {}: waiting for {} {}{}", options_.consumer,
           none ? "a table" : "the region to list table", options_.table, none ? "" : ": " + missing.message);
}

void ConsumerRunner::act(const streams::TableShards::Read& read) {
  DeliveryPort& port = *this;
  auto delivery = std::make_unique<ShardDelivery>(
      read.shard, ShardDelivery::Names{options_.table, options_.consumer}, client_, port, clock_);
  delivery->start();
  shards_.emplace(read.shard, std::move(delivery));
}

// --- what the shards ask for ---

void ConsumerRunner::deliver(std::uint64_t token, Delivery delivery) {
  thread_->post(token, std::move(delivery));
}

void ConsumerRunner::finished(ShardId shard, const std::vector<ShardId>& children) {
  retire(shard);
  table_.finished(shard, children);
  follow();
}

void ConsumerRunner::gone(ShardId shard) {
  log_warning("consumer {}: {} is gone", options_.consumer, storage::shard_id_text(shard));
  retire(shard);
  table_.gone(shard, clock_.steady_ns());
  follow();
}

void ConsumerRunner::retire(ShardId shard) {
  auto delivery = shards_.extract(shard);
  if (delivery) retired_.push_back(std::move(delivery.mapped()));
}

void ConsumerRunner::stop(Error error) {
  if (!error_) error_ = std::move(error);
}

}  // namespace gyre::consumers
