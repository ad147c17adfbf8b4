// SPDX-License-Identifier: Apache-2.0
#include "cli/metrics_snapshot.h"

#include <algorithm>

#include "core/base/limits.h"

namespace gyre::cli {

LogStatus log_status(const storage::CatalogSnapshot& catalog, SequenceNumber head) {
  LogStatus status;
  status.head = head;
  // With no shard at all, the next record is the oldest.
  status.floor = SequenceNumber(head.value() + 1);
  for (const auto& [id, table] : catalog.tables()) {
    for (const storage::ShardDescriptor& shard : table->shards) {
      ++(shard.open() ? status.open_shards : status.closed_shards);
      status.floor = std::min(status.floor, shard.first_sequence);
      status.floor_ms = std::min(status.floor_ms.value_or(shard.opened_ms), shard.opened_ms);
    }
  }
  return status;
}

MetricsSnapshot take_snapshot(const MetricsSources& sources) {
  storage::Store& store = sources.store;
  const auto catalog = store.catalog().snapshot();
  MetricsSnapshot snapshot;
  snapshot.region = store.region().name();
  snapshot.now_ms = store.clock().now_ms();
  snapshot.operations = sources.operations;
  snapshot.http = sources.http.status();
  if (sources.passer != nullptr) snapshot.passed = sources.passer->status();
  snapshot.writer = store.writer().status();
  snapshot.log = log_status(*catalog, snapshot.writer.durable_sequence);
  snapshot.log.bytes = store.log().log().bytes();
  snapshot.tables = catalog->names().size();
  for (const storage::Family family : storage::kFamilies) {
    snapshot.family_bytes[storage::index_of(family)] = store.engine().size_bytes(family);
  }
  if (const storage::Disk* disk = store.engine().disk()) snapshot.disk_free_bytes = disk->free_bytes();
  snapshot.links = sources.global_tables.links();
  snapshot.stream_connections = sources.streams.connections();
  snapshot.stream_connections_max = sources.stream_connections_max;
  snapshot.stream_bytes = sources.streams.held_bytes();
  snapshot.stream_bytes_max = limits::kStreamFramesBytesMax;
  snapshot.consumers = sources.consumers.status();
  if (sources.archiving != nullptr) snapshot.archive = sources.archiving->status();
  snapshot.process = read_process_facts();
  return snapshot;
}

}  // namespace gyre::cli
