// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/base/result.h"
#include "core/storage/change_log.h"
#include "core/storage/store.h"

namespace gyre::streams {

/// One effect of a consumer in the region it reads from.
struct ConsumerWrite {
  enum class Kind { kPut, kDelete, kAdd };
  Kind kind = Kind::kPut;
  std::string table_name;
  std::string item;       ///< canonical encoding: of the item (put) or of its key (delete, add)
  std::string attribute;  ///< add: a number attribute, created as 0 if it is missing, as UpdateItem ADD does
  std::string amount;     ///< add: decimal text
};

/// A consumer's progress on one shard together with its effects.
struct ConsumerAck {
  std::string consumer;
  std::string table_name;
  storage::LogCursor accepted_through;
  SequenceNumber
      previous;  ///< the checkpoint it follows; refused (kResourceInUse) if another holder moved it
  std::string state;
  std::vector<ConsumerWrite> writes;
  bool shard_done = false;
};

/// A consumer's stored position on one shard.
struct ConsumerCheckpoint {
  storage::LogCursor cursor;
  std::string state;
  bool shard_done = false;
};

/// What the stream server asks of the consumers' room, wired by main. Outlives the store's read pool.
class ConsumerGate {
 public:
  virtual ~ConsumerGate() = default;
  /// What is stored for this consumer; nullopt if it was never here. Called on the read pool: it may wait for
  /// the disk.
  virtual Result<std::optional<ConsumerCheckpoint>> load(const std::string& consumer, ShardId shard) = 0;
  /// Commits checkpoint, state and writes in one batch, or nothing. Answers once, on any thread. Called on
  /// the server's thread; does not block.
  virtual void commit(ConsumerAck ack, std::function<void(Status)> done) = 0;
};

struct StreamServerOptions {
  std::string endpoint = "tcp://127.0.0.1:9000";  ///< port 0 or "*": any free one, see endpoint()
  /// Beyond them, connections wait outside. Each takes one descriptor.
  std::size_t connections_max = limits::kStreamConnectionsMax;
  /// What all readers together may make the server hold.
  std::size_t frames_bytes_max = limits::kStreamFramesBytesMax;
};

/// The region's side of the stream protocol: one ROUTER socket on a thread of its own, which also reads what
/// memory holds of the log; other reads on the store's read pool. Keeps no queue per reader: a session is a
/// cursor and unsent credit. A LogListener wakes it.
class StreamServer {
 public:
  /// `gate` may be null: acks are then refused. An address in use or malformed is an Error that names it.
  static Result<std::unique_ptr<StreamServer>> bind(const StreamServerOptions& options, storage::Store& store,
                                                    ConsumerGate* gate);
  virtual ~StreamServer() = default;
  /// To be registered with the writer before it starts.
  virtual storage::LogListener& listener() = 0;
  virtual void start() = 0;
  virtual void stop() = 0;
  virtual std::string endpoint() const = 0;
  /// Any thread: connections that are open, and bytes that readers make the server hold.
  virtual std::size_t connections() const = 0;
  virtual std::size_t held_bytes() const = 0;
};

}  // namespace gyre::streams
