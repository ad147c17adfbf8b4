// SPDX-License-Identifier: Apache-2.0
// bench_stream_reader ENDPOINT TABLE RECORDS PASSES: reads the change log of a table from its beginning, all
// shards at once, as any reader of streams/transport does, until RECORDS have come, so many times over one
// connection. Prints records, bytes, batches and seconds from the first OPEN on.

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "streams/transport/stream_client.h"

namespace gyre::streams {
namespace {

constexpr int kGiveUpSeconds = 60;

struct Totals {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::uint64_t batches = 0;
  std::string problem;
};

/// Counts one shard's records, and goes on with its children.
class TableReader final : public SessionHandler {
 public:
  TableReader(StreamClient& client, Totals& totals) : client_(client), totals_(totals) {}

  void read(ShardId shard) {
    auto child = std::make_unique<TableReader>(client_, totals_);
    SessionOptions options;
    options.shard = storage::LogCursor{{}, shard, {}, {}, 0};
    child->session_ = client_.open(std::move(options), child.get());
    shards_.push_back(std::move(child));
  }

  /// Ends the sessions of all shards.
  void close() {
    for (const auto& shard : shards_) {
      shard->close();
      client_.close(shard->session_);
    }
  }

  void on_opened(const Opened&) override {}
  void on_batch(RecordBatch batch) override {
    const std::uint64_t bytes = batch.records.bytes();
    totals_.records += batch.records.size();
    totals_.bytes += bytes;
    ++totals_.batches;
    client_.consumed(session_, batch.records.size(), bytes);
  }
  void on_shard_end(const std::vector<ShardId>& children) override {
    for (const ShardId child : children) read(child);
  }
  void on_refused(RefusedReason, const std::string& message, SequenceNumber) override {
    totals_.problem = message;
  }

 private:
  StreamClient& client_;
  Totals& totals_;
  StreamClient::SessionNumber session_ = 0;
  std::vector<std::unique_ptr<TableReader>> shards_;
};

/// Lists a table's shards.
struct ShardLister final : SessionHandler {
  std::optional<std::vector<ShardInfo>> shards;
  std::string problem;

  void on_opened(const Opened& opened) override { shards = opened.shards; }
  void on_batch(RecordBatch) override {}
  void on_shard_end(const std::vector<ShardId>&) override {}
  void on_refused(RefusedReason, const std::string& message, SequenceNumber) override { problem = message; }
};

int fail(const std::string& reason) {
  fmt::print(stderr, "bench_stream_reader: {}\n", reason);
  return 1;
}

int run(const std::string& endpoint, const std::string& table, std::uint64_t records, int passes) {
  using Steady = std::chrono::steady_clock;
  const SystemClock clock;
  auto connected = StreamClient::connect(endpoint, "bench", clock, nullptr);
  if (!connected.ok()) return fail(connected.error().message);
  StreamClient& client = **connected;
  const Steady::time_point give_up = Steady::now() + std::chrono::seconds(kGiveUpSeconds);

  ShardLister lister;
  SessionOptions list;
  list.table_shards = table;
  client.open(std::move(list), &lister);
  while (!lister.shards && lister.problem.empty() && Steady::now() < give_up) client.poll(50);
  if (!lister.shards) return fail(lister.problem.empty() ? "no answer" : lister.problem);

  Totals totals;
  const Steady::time_point begin = Steady::now();
  for (int pass = 1; pass <= passes; ++pass) {
    TableReader reader(client, totals);
    for (const ShardInfo& shard : *lister.shards) {
      if (!shard.parent) reader.read(shard.shard);
    }
    while (totals.records < pass * records && totals.problem.empty() && Steady::now() < give_up)
      client.poll(50);
    if (!totals.problem.empty()) return fail(totals.problem);
    if (totals.records < pass * records) return fail(fmt::format("only {} records came", totals.records));
    reader.close();
  }
  const std::chrono::duration<double> spent = Steady::now() - begin;
  fmt::print("{} {} {} {:.6f}\n", totals.records, totals.bytes, totals.batches, spent.count());
  return 0;
}

}  // namespace
}  // namespace gyre::streams

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: bench_stream_reader ENDPOINT TABLE RECORDS PASSES\n");
    return 2;
  }
  return gyre::streams::run(argv[1], argv[2], std::stoull(argv[3]), std::stoi(argv[4]));
}
