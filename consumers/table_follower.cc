// SPDX-License-Identifier: Apache-2.0
#include "consumers/table_follower.h"

#include <utility>

#include <fmt/core.h>

namespace gyre::consumers {

namespace {

constexpr std::uint64_t kPauseNs = 1'000'000'000;

}  // namespace

/// Asks for the table's shards.
class TableFollower::Listing final : public streams::SessionHandler {
 public:
  explicit Listing(TableFollower& owner) : owner_(owner) {}
  ~Listing() override { close(); }

  void start() {
    streams::SessionOptions options;
    options.table_shards = owner_.options_.table;
    session_ = owner_.client_.open(std::move(options), this);
  }

  void on_opened(const streams::Opened& opened) override {
    if (!session_) return;
    close();
    owner_.table_.listed(opened, owner_.clock_.steady_ns());
    owner_.follow();
  }
  void on_refused(streams::RefusedReason reason, const std::string& message, SequenceNumber) override {
    session_.reset();
    owner_.table_.not_listed(reason, message, owner_.clock_.steady_ns());
    owner_.follow();
  }
  void on_batch(streams::RecordBatch) override {}
  void on_shard_end(const std::vector<ShardId>&) override {}

 private:
  void close() {
    if (session_) owner_.client_.close(*std::exchange(session_, std::nullopt));
  }

  TableFollower& owner_;
  std::optional<streams::StreamClient::SessionNumber> session_;
};

/// One shard's session.
class TableFollower::Shard final : public streams::SessionHandler {
 public:
  Shard(TableFollower& owner, ShardId shard, bool latest) : owner_(owner), shard_(shard), latest_(latest) {
    cursor_.shard = shard;
    open();
  }
  ~Shard() override {
    if (session_) owner_.client_.close(*session_);
  }

  void consumed(std::uint64_t records, std::uint64_t bytes) {
    if (session_) owner_.client_.consumed(*session_, records, bytes);
  }
  void tick() {
    if (!session_ && owner_.clock_.steady_ns() >= retry_ns_) open();
  }

  void on_opened(const streams::Opened&) override {}
  void on_batch(streams::RecordBatch batch) override {
    cursor_ = batch.scanned_through;
    latest_ = false;
    owner_.handler_.on_batch(shard_, std::move(batch));
  }
  void on_shard_end(const std::vector<ShardId>& children) override { owner_.ended(shard_, children); }
  void on_tick(HybridTime watermark, Ordinal scanned_through, Ordinal head) override {
    owner_.handler_.on_tick(shard_, watermark, scanned_through, head);
  }
  void on_refused(streams::RefusedReason reason, const std::string& message, SequenceNumber) override {
    session_.reset();
    if (reason == streams::RefusedReason::kBusy) {
      retry_ns_ = owner_.clock_.steady_ns() + kPauseNs;
    } else if (reason == streams::RefusedReason::kNoSuchShard ||
               reason == streams::RefusedReason::kNoSuchTable) {
      owner_.gone(shard_);
    } else {
      owner_.handler_.on_error(
          Error(ErrorCode::kUnavailable,
                fmt::format("{} cannot be read on: {}", storage::shard_id_text(shard_), message)));
    }
  }

 private:
  void open() {
    streams::SessionOptions options;
    options.shard = cursor_;
    options.hide_touch = true;
    options.latest = latest_;
    options.credit_records = owner_.options_.credit_records;
    options.credit_bytes = owner_.options_.credit_bytes;
    session_ = owner_.client_.open(std::move(options), this);
  }

  TableFollower& owner_;
  const ShardId shard_;
  storage::LogCursor cursor_;
  bool latest_;
  std::optional<streams::StreamClient::SessionNumber> session_;
  std::uint64_t retry_ns_ = 0;
};

TableFollower::TableFollower(Options options, streams::StreamClient& client, FollowerHandler& handler,
                             const Clock& clock)
    : options_(std::move(options)),
      client_(client),
      handler_(handler),
      clock_(clock),
      table_({.table = options_.table, .from_now = options_.from_now}),
      listing_(std::make_unique<Listing>(*this)) {}

TableFollower::~TableFollower() = default;

void TableFollower::start() {
  table_.tick(clock_.steady_ns());
  follow();
}

void TableFollower::tick() {
  retired_.clear();
  for (const auto& [id, shard] : shards_) shard->tick();
  table_.tick(clock_.steady_ns());
  follow();
}

void TableFollower::consumed(ShardId shard, std::uint64_t records, std::uint64_t bytes) {
  const auto found = shards_.find(shard);
  if (found != shards_.end()) found->second->consumed(records, bytes);
}

// Its lineage goes on waiting for it, so that its descendants are not opened either.
void TableFollower::abandon(ShardId shard) {
  forget(shard);
}

void TableFollower::follow() {
  for (const streams::TableShards::Event& event : table_.take_events()) {
    std::visit([this](const auto& one) { act(one); }, event);
  }
}

void TableFollower::act(const streams::TableShards::List&) {
  listing_->start();
}

void TableFollower::act(const streams::TableShards::Read& read) {
  handler_.on_shard(read.shard, read.closed);
  shards_.emplace(read.shard, std::make_unique<Shard>(*this, read.shard, read.latest));
}

void TableFollower::act(const streams::TableShards::Missing& missing) {
  if (missing.reason == streams::RefusedReason::kNoSuchTable) {
    handler_.on_missing_table();
  } else if (missing.reason != streams::RefusedReason::kBusy) {
    handler_.on_error(Error(ErrorCode::kUnavailable, missing.message));
  }
}

void TableFollower::ended(ShardId shard, const std::vector<ShardId>& children) {
  forget(shard);
  table_.finished(shard, children);
  follow();
  handler_.on_end(shard);
}

void TableFollower::gone(ShardId shard) {
  forget(shard);
  table_.gone(shard, clock_.steady_ns());
  follow();
  handler_.on_end(shard);
}

void TableFollower::forget(ShardId shard) {
  auto node = shards_.extract(shard);
  if (node) retired_.push_back(std::move(node.mapped()));
}

}  // namespace gyre::consumers
