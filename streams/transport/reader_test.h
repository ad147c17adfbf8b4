// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/model/item_codec.h"
#include "core/storage/change_record.h"
#include "streams/transport/stream_client.h"

namespace gyre::streams {

/// A reader of a whole table for tests: lists its shards, reads them all and their children as they come, and
/// checks that each shard's records come once, in order and without gaps. `Client` is a StreamClient or a
/// ClientMachine.
template <class Client>
class TableReader {
 public:
  TableReader(Client& client, SessionOptions options) : client_(client), options_(std::move(options)) {
    SessionOptions shards;
    shards.table_shards = "T";
    client_.open(shards, &lister_);
  }

  /// Values of attribute "v" of new images, in order of arrival, by key.
  const std::map<std::string, std::vector<std::string>>& seen() const { return seen_; }
  std::size_t records() const { return records_; }
  std::size_t shards_ended() const { return ended_; }
  std::size_t shards_opened() const { return sessions_.size(); }
  std::vector<std::string> problems;

 private:
  struct Lister : SessionHandler {
    explicit Lister(TableReader* reader_in) : reader(reader_in) {}
    void on_opened(const Opened& opened) override {
      std::set<ShardId> known;
      for (const ShardInfo& shard : opened.shards) known.insert(shard.shard);
      for (const ShardInfo& shard : opened.shards) {
        if (!shard.parent || !known.contains(*shard.parent)) reader->read(shard.shard);
      }
    }
    void on_batch(RecordBatch) override { reader->problems.push_back("a batch for a list"); }
    void on_shard_end(const std::vector<ShardId>&) override {
      reader->problems.push_back("an end for a list");
    }
    void on_refused(RefusedReason, const std::string& message, SequenceNumber) override {
      reader->problems.push_back(message);
    }
    TableReader* reader;
  };

  struct ShardSession : SessionHandler {
    ShardSession(TableReader* reader_in, ShardId shard_in) : reader(reader_in), shard(shard_in) {}
    void on_opened(const Opened&) override {}
    void on_batch(RecordBatch batch) override {
      std::uint64_t bytes = 0;
      for (const std::string_view encoded : batch.records) {
        const storage::ChangeRecord record = storage::decode_change_record(encoded).value();
        bytes += encoded.size();
        if (record.shard != shard || record.ordinal.value() <= last ||
            batch.scanned_through.ordinal < record.ordinal) {
          reader->problems.push_back("a record out of order");
        }
        if (!reader->options_.local_origin_only && record.ordinal.value() != last + 1) {
          reader->problems.push_back("a gap");
        }
        last = record.ordinal.value();
        const Item item = decode_item(record.new_image).value();
        reader->seen_[item.find("id")->as_string()].push_back(item.find("v")->as_string());
        ++reader->records_;
      }
      reader->client_.consumed(session, batch.records.size(), bytes);
    }
    void on_shard_end(const std::vector<ShardId>& children) override {
      ++reader->ended_;
      for (const ShardId child : children) reader->read(child);
    }
    void on_refused(RefusedReason, const std::string& message, SequenceNumber) override {
      reader->problems.push_back(message);
    }
    TableReader* reader;
    ShardId shard;
    std::uint64_t session = 0;
    std::uint64_t last = 0;
  };

  void read(ShardId shard) {
    if (sessions_.contains(shard)) return problems.push_back("a shard named twice");
    auto& session = sessions_[shard] = std::make_unique<ShardSession>(this, shard);
    SessionOptions options = options_;
    options.shard = storage::LogCursor{{}, shard, {}, {}, 0};
    session->session = client_.open(options, session.get());
  }

  Client& client_;
  const SessionOptions options_;
  Lister lister_{this};
  std::map<ShardId, std::unique_ptr<ShardSession>> sessions_;
  std::map<std::string, std::vector<std::string>> seen_;
  std::size_t records_ = 0;
  std::size_t ended_ = 0;
};

}  // namespace gyre::streams
