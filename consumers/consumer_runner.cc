// SPDX-License-Identifier: Apache-2.0
#include "consumers/consumer_runner.h"

#include <utility>

#include <fmt/core.h>

#include "core/base/duration.h"
#include "core/base/log.h"

namespace gyre::consumers {

namespace {

constexpr int kPollMs = 100;
// What one session may hold in this process, unprocessed.
constexpr std::uint64_t kCreditRecords = 4096;
constexpr std::uint64_t kCreditBytes = 1024 * 1024;

streams::TableReader::Options reader_options(const ShardDelivery::Names& names) {
  streams::TableReader::Options reader;
  reader.table = names.table;
  reader.session.hide_touch = true;
  reader.session.consumer = names.consumer;
  reader.session.credit_records = kCreditRecords;
  reader.session.credit_bytes = kCreditBytes;
  return reader;
}

std::string loss_text(const streams::TableReader::Lost& lost) {
  if (lost.reason != streams::RefusedReason::kTrimmed) {
    return "the region's log no longer has the place that it came to: " + lost.message;
  }
  std::string text = "records that it has not seen were trimmed";
  if (lost.oldest != SequenceNumber()) text += fmt::format(" (the oldest kept is {})", lost.oldest.value());
  return text + ": " + lost.message;
}

}  // namespace

ConsumerRunner::ConsumerRunner(ConsumerRunnerOptions options, streams::StreamClient& client,
                               const Clock& clock)
    : names_{std::move(options.table), std::move(options.consumer)},
      client_(client),
      clock_(clock),
      reader_(reader_options(names_), keys_),
      sessions_(client, [this](streams::SessionKey key, streams::SessionMessage message) {
        reader_.take(key, std::move(message), now_ms());
      }) {}

std::uint64_t ConsumerRunner::now_ms() const {
  return clock_.steady_ns() / kNanosecondsPerMs;
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
  for (const auto& [id, delivery] : shards_) delivery->tick();
  reader_.tick(now_ms());
  follow();
}

void ConsumerRunner::follow() {
  while (std::optional<Reader::Event> event = reader_.next_event()) {
    std::visit([this](auto& one) { act(one); }, *event);
  }
}

// --- what the reader tells ---

void ConsumerRunner::act(Reader::Missing& missing) {
  if (std::exchange(waiting_logged_, true)) return;
  const bool none = missing.reason == streams::RefusedReason::kNoSuchTable;
  log_info("consumer {}: waiting for {} {}{}", names_.consumer, none ? "a table" : "the region to list table",
           names_.table, none ? "" : ": " + missing.message);
}

void ConsumerRunner::act(Reader::Started& started) {
  waiting_logged_ = false;
  DeliveryPort& port = *this;
  shards_.emplace(started.shard, std::make_unique<ShardDelivery>(started.shard, names_, port, clock_));
}

void ConsumerRunner::act(Reader::ShardOpened& opened) {
  shards_.at(opened.shard)->opened(opened.opened);
}

void ConsumerRunner::act(Reader::ShardBatch& batch) {
  shards_.at(batch.shard)->batch(std::move(batch.batch));
}

void ConsumerRunner::act(Reader::ShardAcked& acked) {
  shards_.at(acked.shard)->acked(acked.answer.sequence, acked.answer.outcome);
}

void ConsumerRunner::act(Reader::Interrupted& interrupted) {
  shards_.at(interrupted.shard)->interrupted(interrupted.message);
}

void ConsumerRunner::act(Reader::Ended& ended) {
  shards_.at(ended.shard)->ended();
}

void ConsumerRunner::act(Reader::Lost& lost) {
  if (lost.gone()) {
    log_warning("{}: the shard is gone", names_.place(lost.shard));
    retire(lost.shard);
    return reader_.forget(lost.shard, now_ms());
  }
  stop(Error(ErrorCode::kTrimmed,
             fmt::format("{}: {}; under another name a consumer starts at the oldest record",
                         names_.place(lost.shard), loss_text(lost))));
}

void ConsumerRunner::act(Reader::Stuck& stuck) {
  stop(Error(ErrorCode::kUnavailable, fmt::format("{}: the region refuses to let it read on: {}",
                                                  names_.place(stuck.shard), stuck.message)));
}

// --- what the deliveries ask for ---

void ConsumerRunner::deliver(std::uint64_t token, Delivery delivery) {
  thread_->post(token, std::move(delivery));
}

void ConsumerRunner::consumed(ShardId shard, std::uint64_t records, std::uint64_t bytes) {
  reader_.consumed(shard, records, bytes);
}

void ConsumerRunner::ack(ShardId shard, streams::ConsumerAck ack) {
  reader_.ack(shard, std::move(ack));
}

void ConsumerRunner::interrupt(ShardId shard) {
  reader_.interrupt(shard);
}

void ConsumerRunner::resume(ShardId shard) {
  // The region knows from where: the stored checkpoint.
  reader_.resume(shard, storage::LogCursor(), now_ms());
}

void ConsumerRunner::finished(ShardId shard) {
  retire(shard);
  reader_.finished(shard);
}

void ConsumerRunner::retire(ShardId shard) {
  auto delivery = shards_.extract(shard);
  if (delivery) retired_.push_back(std::move(delivery.mapped()));
}

void ConsumerRunner::stop(Error error) {
  if (!error_) error_ = std::move(error);
}

}  // namespace gyre::consumers
