// SPDX-License-Identifier: Apache-2.0
#include "consumers/replay.h"

#include <memory>
#include <utility>

#include <fmt/core.h>

#include "consumers/connect.h"
#include "consumers/record_filter.h"
#include "consumers/replay_merge.h"
#include "consumers/table_follower.h"
#include "streams/record_json.h"

namespace gyre::consumers {

namespace {

class Replayer final : public FollowerHandler {
 public:
  Replayer(const ReplayOptions& options, RecordFilter filter, const LineSink& sink,
           streams::StreamClient& client, const Clock& clock)
      : table_(options.table),
        filter_(std::move(filter)),
        sink_(sink),
        client_(client),
        follower_({.table = options.table}, client, *this, clock) {}

  Result<ReplaySummary> run(const std::atomic<bool>& stop) {
    follower_.tick();
    while (!stop && !done_ && !error_ && !merge_.finished()) {
      client_.poll(100);
      follower_.tick();
    }
    if (error_) return *std::move(error_);
    return summary_;
  }

  void on_table(const streams::Opened& table) override {
    if (Status fits = filter_.set_key_names(table.key_names); !fits.ok()) on_error(std::move(fits).error());
  }
  void on_shard(ShardId shard, bool closed) override { merge_.add_shard(shard, closed); }

  void on_batch(ShardId shard, streams::RecordBatch batch) override {
    merge_.add_watermark(batch.watermark);
    for (const std::string_view bytes : batch.records) {
      Result<storage::ChangeRecord> record = storage::decode_change_record(bytes);
      if (!record.ok()) return on_error(std::move(record).error());
      ++summary_.records_read;
      const bool past = filter_.is_past_end(*record);
      if (past) merge_.complete(shard);
      if (past || !merge_.add_record({shard, bytes.size(), std::move(record).value()})) {
        follower_.abandon(shard);
        break;
      }
    }
    write_ready();
  }
  void on_tick(ShardId shard, HybridTime watermark, Ordinal scanned_through, Ordinal head) override {
    merge_.add_watermark(watermark);
    if (scanned_through >= head) merge_.caught_up(shard, watermark);
    write_ready();
  }
  void on_end(ShardId shard) override {
    merge_.complete(shard);
    write_ready();
  }
  void on_missing_table() override {
    on_error(Error::resource_not_found(
        fmt::format("there is no table {} in region {}", table_, client_.region())));
  }
  void on_error(Error error) override {
    if (!error_) error_ = std::move(error);
  }

 private:
  void write_ready() {
    while (!done_ && !error_) {
      const std::optional<ReplayMerge::Entry> entry = merge_.next();
      if (!entry) return;
      follower_.consumed(entry->shard, 1, entry->bytes);
      if (Status written = write(entry->record); !written.ok()) return on_error(std::move(written).error());
    }
  }

  Status write(const storage::ChangeRecord& record) {
    ASSIGN_OR_RETURN(const bool wanted, filter_.wants(record));
    if (!wanted || !streams::visible_to_users(record)) return {};
    line_.clear();
    json::Writer writer(line_);
    RETURN_IF_ERROR(streams::write_full_record(writer, record, table_));
    ++summary_.records_written;
    done_ = !sink_(line_);
    return {};
  }

  const std::string table_;
  RecordFilter filter_;
  const LineSink& sink_;
  streams::StreamClient& client_;
  TableFollower follower_;
  ReplayMerge merge_;
  std::string line_;
  ReplaySummary summary_;
  std::optional<Error> error_;
  bool done_ = false;
};

}  // namespace

LineSink file_sink(std::FILE* file, bool flush_lines) {
  return [file, flush_lines](std::string_view line) {
    const bool written =
        std::fwrite(line.data(), 1, line.size(), file) == line.size() && std::fputc('\n', file) != EOF;
    return written && (!flush_lines || std::fflush(file) == 0);
  };
}

Result<ReplaySummary> replay(const ReplayOptions& options, const LineSink& sink,
                             const std::atomic<bool>& stop, const Clock& clock) {
  RecordFilter filter(options.from_ms, options.to_ms);
  if (!options.key.empty()) RETURN_IF_ERROR(filter.set_key(options.key));
  ASSIGN_OR_RETURN(const auto client,
                   connect_and_wait(options.endpoint, "replay", options.connect_timeout_ms, stop, clock));
  if (!client) return ReplaySummary{};
  return Replayer(options, std::move(filter), sink, *client, clock).run(stop);
}

}  // namespace gyre::consumers
