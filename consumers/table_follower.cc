// SPDX-License-Identifier: Apache-2.0
#include "consumers/table_follower.h"

#include <utility>

#include <fmt/core.h>

#include "core/base/duration.h"

namespace gyre::consumers {

namespace {

streams::TableReader::Options reader_options(TableFollower::Options options) {
  streams::TableReader::Options reader;
  reader.table = std::move(options.table);
  reader.from_now = options.from_now;
  reader.session.hide_touch = true;
  reader.session.credit_records = options.credit_records;
  reader.session.credit_bytes = options.credit_bytes;
  return reader;
}

}  // namespace

TableFollower::TableFollower(Options options, streams::StreamClient& client, FollowerHandler& handler,
                             const Clock& clock)
    : handler_(handler),
      clock_(clock),
      reader_(reader_options(std::move(options)), keys_),
      sessions_(client, [this](streams::SessionKey key, streams::SessionMessage message) {
        reader_.take(key, std::move(message), now_ms());
      }) {}

std::uint64_t TableFollower::now_ms() const {
  return clock_.steady_ns() / kNanosecondsPerMs;
}

void TableFollower::tick() {
  reader_.tick(now_ms());
  follow();
}

void TableFollower::consumed(ShardId shard, std::uint64_t records, std::uint64_t bytes) {
  reader_.consumed(shard, records, bytes);
}

void TableFollower::follow() {
  while (std::optional<Reader::Event> event = reader_.next_event()) {
    std::visit([this](auto& one) { act(one); }, *event);
  }
}

void TableFollower::act(Reader::Missing& missing) {
  if (missing.reason == streams::RefusedReason::kNoSuchTable) {
    handler_.on_missing_table();
  } else if (missing.reason != streams::RefusedReason::kBusy) {
    handler_.on_error(Error(ErrorCode::kUnavailable, missing.message));
  }
}

void TableFollower::act(Reader::ShardHeard& heard) {
  handler_.on_tick(heard.shard, heard.heard.watermark, heard.heard.scanned_through, heard.heard.head);
}

void TableFollower::act(Reader::Interrupted& interrupted) {
  reader_.resume(interrupted.shard, std::nullopt, now_ms());
}

void TableFollower::act(Reader::Ended& ended) {
  reader_.finished(ended.shard);
  follow();
  handler_.on_end(ended.shard);
}

void TableFollower::act(Reader::Lost& lost) {
  if (!lost.gone()) return fail(ErrorCode::kTrimmed, lost.shard, lost.message);
  reader_.forget(lost.shard, now_ms());
  follow();
  handler_.on_end(lost.shard);
}

void TableFollower::act(Reader::Stuck& stuck) {
  fail(ErrorCode::kUnavailable, stuck.shard, stuck.message);
}

void TableFollower::fail(ErrorCode code, ShardId shard, const std::string& message) {
  handler_.on_error(
      Error(code, fmt::format("{} cannot be read on: {}", storage::shard_id_text(shard), message)));
}

}  // namespace gyre::consumers
