// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/model/item_codec.h"
#include "core/storage/change_record.h"
#include "streams/transport/stream_client.h"

namespace gyre::global_tables {

constexpr std::uint64_t kNowMs = 1'800'000'000'000;

/// A record of the region "peer", at this ordinal of its shard 7.
inline std::string record_at(std::uint64_t place, std::uint64_t stamp_ms = kNowMs,
                             const std::string& origin = "peer") {
  storage::ChangeRecord record;
  record.shard = ShardId(7);
  record.sequence = SequenceNumber(place * 10);
  record.ordinal = Ordinal(place);
  record.keys = encode_item(Item{{"id", AttributeValue::string("k" + std::to_string(place))}});
  record.new_image = record.keys;
  record.version = {hybrid_from_ms(stamp_ms), RegionId("peer")};
  record.commit_time = record.version.clock;
  record.origin.region = RegionId(origin);
  return storage::encode_change_record(record);
}

/// A batch of shard 7 that ends at the ordinal `through`.
inline streams::RecordBatch batch_of(std::vector<std::string> records, std::uint64_t through) {
  streams::RecordBatch batch;
  batch.records = storage::RecordList(std::move(records));
  batch.scanned_through = {Epoch(1), ShardId(7), SequenceNumber(through * 10), Ordinal(through), 99};
  return batch;
}

/// The answer to a list of shards: there is shard 7 alone.
inline streams::Opened shard_seven() {
  streams::Opened opened;
  opened.shards.resize(1);
  opened.shards[0].shard = ShardId(7);
  return opened;
}

}  // namespace gyre::global_tables
