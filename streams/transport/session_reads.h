// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/error.h"
#include "core/storage/change_log.h"
#include "core/storage/store.h"
#include "streams/transport/stream_message.h"
#include "streams/transport/stream_server.h"

namespace gyre::streams {

/// A session of one reader: readers choose session numbers each for themselves.
struct SessionAddress {
  std::string peer;  ///< the reader's routing id
  std::uint64_t session = 0;
  friend auto operator<=>(const SessionAddress&, const SessionAddress&) = default;
};

/// A place in a table scan.
struct ScanPlace {
  TableId table;
  std::string after;  ///< row key; empty = before the first
};

/// One read for one session: a value, so that it can be run on any thread.
struct ReadJob {
  SessionAddress address;
  std::uint64_t nonce = 0;
  /// Only finds out where reading can start: checks the cursor, or seeks to the head with Filter::latest.
  bool opening = false;
  std::variant<storage::LogCursor, ScanPlace> from;
  wire::Filter filter;
  bool json = false;
  std::size_t records_max = 0;
  std::size_t bytes_max = 0;
  /// Opening: the consumer whose stored checkpoint is the place to start, unless `resume`; empty: none.
  std::string consumer = {};
  bool resume = false;
  std::size_t reserved = 0;  ///< bytes set aside for the answer, until it was taken
};

struct ReadAnswer {
  SessionAddress address;
  std::uint64_t nonce = 0;
  bool opening = false;
  std::optional<Error> error;
  storage::RecordList records;         ///< those that pass the filter
  storage::LogCursor scanned_through;  ///< of a shard; with `opening`, where reading starts
  storage::ShardHead head;             ///< of a shard
  HybridTime watermark = 0;            ///< taken before the read: nothing older comes after `head`
  std::string scan_position;
  bool scan_end = false;
  std::optional<ConsumerCheckpoint> checkpoint;  ///< opening, of a consumer: what is stored
  bool not_allowed = false;                      ///< with `error`: the consumer may not read here
  std::size_t reserved = 0;
};

/// Runs the job if memory alone can answer it: the end of a shard, as it is. Never waits, and does little
/// more than look at the records.
std::optional<ReadAnswer> run_recent_read(storage::Store& store, const ReadJob& job);
/// Runs the job against the store. May wait for the disk: on the read pool. `gate` may be null: consumers are
/// then refused.
ReadAnswer run_read(storage::Store& store, ConsumerGate* gate, const ReadJob& job);

}  // namespace gyre::streams
