// SPDX-License-Identifier: Apache-2.0
#include "consumers/tail.h"

#include <memory>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "consumers/connect.h"
#include "consumers/record_filter.h"
#include "consumers/table_follower.h"
#include "streams/record_json.h"

namespace gyre::consumers {

namespace {

class Tailer final : public FollowerHandler {
 public:
  Tailer(const TailOptions& options, RecordFilter filter, const LineSink& sink, streams::StreamClient& client,
         const Clock& clock)
      : options_(options),
        filter_(std::move(filter)),
        sink_(sink),
        client_(client),
        follower_({.table = options.table, .from_now = !options.from_start}, client, *this, clock) {}

  Status run(const std::atomic<bool>& stop) {
    follower_.tick();
    while (!stop && !done_ && !error_) {
      client_.poll(100);
      follower_.tick();
    }
    if (error_) return *std::move(error_);
    return {};
  }

  void on_table(const streams::Opened& table) override {
    if (Status fits = filter_.set_key_names(table.key_names); !fits.ok()) on_error(std::move(fits).error());
  }
  void on_batch(ShardId shard, streams::RecordBatch batch) override {
    for (const std::string_view record : batch.records) {
      if (done_ || error_) return;
      if (Status written = write(record); !written.ok()) return on_error(std::move(written).error());
    }
    follower_.consumed(shard, batch.records.size(), batch.records.bytes());
  }
  void on_missing_table() override {
    if (options_.wait_for_table) {
      if (options_.on_missing_table) options_.on_missing_table();
      return;
    }
    on_error(Error::resource_not_found(
        fmt::format("there is no table {} in region {}", options_.table, client_.region())));
  }
  void on_error(Error error) override {
    if (!error_) error_ = std::move(error);
  }

 private:
  Status write(std::string_view bytes) {
    ASSIGN_OR_RETURN(const storage::ChangeRecord record, storage::decode_change_record(bytes));
    ASSIGN_OR_RETURN(const bool wanted, filter_.wants(record));
    if (!wanted || !streams::visible_to_users(record)) return {};
    line_.clear();
    json::Writer writer(line_);
    RETURN_IF_ERROR(streams::write_full_record(writer, record, options_.table));
    done_ = !sink_(line_);
    return {};
  }

  const TailOptions& options_;
  RecordFilter filter_;
  const LineSink& sink_;
  streams::StreamClient& client_;
  TableFollower follower_;
  std::string line_;
  std::optional<Error> error_;
  bool done_ = false;
};

}  // namespace

Status tail(const TailOptions& options, const LineSink& sink, const std::atomic<bool>& stop,
            const Clock& clock) {
  RecordFilter filter;
  if (!options.key.empty()) RETURN_IF_ERROR(filter.set_key(options.key));
  ASSIGN_OR_RETURN(const auto client,
                   connect_and_wait(options.endpoint, "tail", options.connect_timeout_ms, stop, clock));
  if (!client) return {};
  return Tailer(options, std::move(filter), sink, *client, clock).run(stop);
}

}  // namespace gyre::consumers
