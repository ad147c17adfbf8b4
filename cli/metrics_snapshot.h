// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/process_facts.h"
#include "consumers/consumer_gate.h"
#include "core/archive/archiving.h"
#include "core/http/region_passer.h"
#include "core/http/server.h"
#include "core/http/server_status.h"
#include "core/storage/store.h"
#include "core/storage/writer_status.h"
#include "global-tables/global_tables.h"
#include "streams/transport/stream_server.h"

namespace gyre::cli {

/// The change log of all tables together. A value.
struct LogStatus {
  SequenceNumber head;                    ///< of the newest record on disk
  SequenceNumber floor;                   ///< no record that is kept is older
  std::optional<std::uint64_t> floor_ms;  ///< when the oldest shard was opened; none: there is no shard
  std::uint64_t open_shards = 0;
  std::uint64_t closed_shards = 0;
  std::uint64_t bytes = 0;
};
/// All but its bytes.
LogStatus log_status(const storage::CatalogSnapshot& catalog, SequenceNumber head);

/// All values of a region's metrics, at about one moment.
struct MetricsSnapshot {
  std::string region;
  std::uint64_t now_ms = 0;
  std::vector<std::string> operations;  ///< names, by number
  http::ServerStatus http;
  std::vector<http::PassedRequests> passed;  ///< to other regions
  storage::WriterStatus writer;
  LogStatus log;
  std::size_t tables = 0;
  std::array<std::uint64_t, storage::kFamilyCount> family_bytes{};
  std::optional<std::uint64_t> disk_free_bytes;
  std::vector<global_tables::PeerLinkStatus> links;
  std::size_t stream_connections = 0;
  std::size_t stream_connections_max = 0;
  std::size_t stream_bytes = 0;
  std::size_t stream_bytes_max = 0;
  std::vector<consumers::ConsumerStatus> consumers;
  std::optional<archive::ArchivingStatus> archive;  ///< none: no archive is kept
  ProcessFacts process;
};

/// The parts that are asked. All outlive it.
struct MetricsSources {
  const http::Server& http;
  storage::Store& store;
  const global_tables::GlobalTables& global_tables;
  const streams::StreamServer& streams;
  const consumers::StoreConsumerGate& consumers;
  std::vector<std::string> operations;
  std::size_t stream_connections_max = 0;
  const http::RegionPasser* passer = nullptr;
  const archive::Archiving* archiving = nullptr;
};

/// Any thread. Work grows with the shards that are kept; waits for no disk and for no lock that is held for
/// more than moments.
MetricsSnapshot take_snapshot(const MetricsSources& sources);

}  // namespace gyre::cli
