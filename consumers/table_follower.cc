// SPDX-License-Identifier: Apache-2.0
#include "consumers/table_follower.h"

#include <utility>

#include <fmt/core.h>

namespace gyre::consumers {

namespace {

constexpr std::uint64_t kPauseNs = 1'000'000'000;

}  // namespace

/// Asks for the table's shards, until there is a table.
class TableFollower::Listing final : public streams::SessionHandler {
 public:
  explicit Listing(TableFollower& owner) : owner_(owner) {}
  ~Listing() override { close(); }

  bool under_way() const { return session_.has_value(); }
  void start() {
    streams::SessionOptions options;
    options.table_shards = owner_.options_.table;
    session_ = owner_.client_.open(std::move(options), this);
  }

  void on_opened(const streams::Opened& opened) override {
    if (!session_) return;
    close();
    owner_.listed(opened);
  }
  void on_refused(streams::RefusedReason reason, const std::string& message, SequenceNumber) override {
    session_.reset();
    owner_.list_later();
    if (reason == streams::RefusedReason::kNoSuchTable) {
      if (!std::exchange(owner_.missing_told_, true)) owner_.handler_.on_missing_table();
    } else if (reason != streams::RefusedReason::kBusy) {
      owner_.handler_.on_error(Error(ErrorCode::kUnavailable, message));
    }
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
      listing_(std::make_unique<Listing>(*this)) {}

TableFollower::~TableFollower() = default;

void TableFollower::start() {
  listing_->start();
}

void TableFollower::tick() {
  retired_.clear();
  for (const auto& [id, shard] : shards_) shard->tick();
  if (lineage_.idle() && !listing_->under_way() && clock_.steady_ns() >= list_due_ns_) listing_->start();
}

void TableFollower::consumed(ShardId shard, std::uint64_t records, std::uint64_t bytes) {
  const auto found = shards_.find(shard);
  if (found != shards_.end()) found->second->consumed(records, bytes);
}

// Its lineage goes on waiting for it, so that its descendants are not opened either.
void TableFollower::abandon(ShardId shard) {
  forget(shard);
}

void TableFollower::list_later() {
  list_due_ns_ = clock_.steady_ns() + kPauseNs;
}

void TableFollower::listed(const streams::Opened& table) {
  const bool from_now = options_.from_now && !listed_once_ && !missing_told_;
  std::vector<streams::ShardInfo> shards;
  for (const streams::ShardInfo& info : table.shards) {
    closed_[info.shard] = info.closed;
    if (!from_now || !info.closed) shards.push_back(info);
  }
  const std::vector<ShardId> ready = lineage_.add(shards);
  if (ready.empty()) list_later();
  missing_told_ = false;
  if (!std::exchange(listed_once_, true)) handler_.on_table(table);
  open(ready, from_now);
}

void TableFollower::open(const std::vector<ShardId>& shards, bool latest) {
  for (const ShardId shard : shards) {
    const auto closed = closed_.find(shard);
    handler_.on_shard(shard, closed != closed_.end() && closed->second);
    shards_.emplace(shard, std::make_unique<Shard>(*this, shard, latest));
  }
}

void TableFollower::ended(ShardId shard, const std::vector<ShardId>& children) {
  forget(shard);
  open(lineage_.finished(shard, children), false);
  handler_.on_end(shard);
}

void TableFollower::gone(ShardId shard) {
  forget(shard);
  list_later();
  open(lineage_.gone(shard), false);
  handler_.on_end(shard);
}

void TableFollower::forget(ShardId shard) {
  auto node = shards_.extract(shard);
  if (node) retired_.push_back(std::move(node.mapped()));
}

}  // namespace gyre::consumers
