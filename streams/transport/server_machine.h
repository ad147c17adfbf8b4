// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/limits.h"
#include "core/base/log_limit.h"
#include "core/base/random.h"
#include "core/storage/catalog.h"
#include "core/storage/writer.h"
#include "streams/transport/frame_socket.h"
#include "streams/transport/server_session.h"
#include "streams/transport/session_reads.h"
#include "streams/transport/stream_server.h"

namespace gyre::streams {

/// What the server's protocol machine needs of the world. Called on the machine's thread; none of it blocks.
class ServerPort {
 public:
  virtual ~ServerPort() = default;
  /// Hands a frame to the reader's connection.
  virtual SendOutcome send(const std::string& peer, std::string frame) = 0;
  /// Sets up to `bytes` aside in the budget for frames, for what is read for this reader; answers how many.
  /// After a 0, room_again() is called when there is room.
  virtual std::size_t reserve(const std::string& peer, std::size_t bytes) = 0;
  virtual void unreserve(const std::string& peer, std::size_t bytes) = 0;
  /// Runs the job and answers through ServerMachine::read_done, though never before this returns. False: too
  /// much to do, try again later.
  virtual bool read(ReadJob job) = 0;
  /// Answers through ServerMachine::committed, with the same address, nonce and number.
  virtual void commit(const SessionAddress& address, std::uint64_t nonce, std::uint64_t number,
                      ConsumerAck ack) = 0;
  virtual std::shared_ptr<const storage::CatalogSnapshot> catalog() const = 0;
  virtual std::optional<storage::ShardHead> head(ShardId shard) const = 0;
  virtual HybridTime watermark() const = 0;
};

/// The region's side of the stream protocol without I/O: takes frames, read answers, news of the log and the
/// time, and answers through its port. All of the protocol's server rules are here and in ServerSession. One
/// thread.
class ServerMachine {
 public:
  ServerMachine(RegionId region, Epoch epoch, ServerPort& port, Random& random)
      : region_(std::move(region)), epoch_(epoch), port_(port), random_(random) {}

  /// A frame of one reader; it may be anything. `memory` keeps it alive (stream_message.h).
  void receive(const std::string& peer, std::string_view frame, storage::RecordList::Memory memory,
               std::uint64_t now_ns);
  void read_done(ReadAnswer answer);
  void committed(const SessionAddress& address, std::uint64_t nonce, std::uint64_t number,
                 const Status& outcome);
  /// Shards have come so far, durably.
  void advanced(const std::vector<storage::ShardHead>& heads);
  /// Time passes: ticks each second and behind what was opened, dead readers, what was parked. Call it at
  /// next_turn_ns() at the latest.
  void turn(std::uint64_t now_ns);
  std::uint64_t next_turn_ns() const;
  /// There is room in the budget for frames: what waits for it goes on.
  void room_again();
  /// Says goodbye to all.
  void stop();

  std::size_t peer_count() const { return peers_.size(); }
  std::size_t session_count() const { return sessions_.size(); }

 private:
  struct Peer {
    std::string reader_id;
    std::uint64_t heard_ns = 0;
    std::size_t sessions = 0;
  };

  void on_hello(const std::string& peer, const wire::Hello& hello, std::uint64_t now_ns);
  void on(const std::string& peer, const wire::Open& open);
  void on(const std::string& peer, const wire::Credit& credit);
  void on(const std::string& peer, const wire::Tick& tick);
  void on(const std::string& peer, const wire::Ack& ack);
  void on(const std::string& peer, const wire::Bye& bye);
  template <class Other>
  void on(const std::string& peer, const Other& message);

  void open_shard(const SessionAddress& address, const wire::Open& open, storage::LogCursor cursor);
  void open_scan(const SessionAddress& address, const wire::Open& open,
                 const SessionOptions::TableScan& scan);
  void answer_shards(const SessionAddress& address, const wire::Open& open, const std::string& table_name);
  ServerSession& add_session(const SessionAddress& address, const wire::Open& open,
                             std::variant<storage::LogCursor, ScanPlace> from);
  void erase_session(const SessionAddress& address);
  void erase_peer(const std::string& peer, std::string_view why);

  // Starts whatever the session can do now: a read, or its end.
  void pump(const SessionAddress& address, ServerSession& session);
  void finish(const SessionAddress& address, ServerSession& session, const storage::ShardDescriptor& shard);
  bool send_shard_end(const SessionAddress& address, const ServerSession& session);
  bool tell_position(const SessionAddress& address, ServerSession& session);
  void take_credit(const std::string& peer, std::uint64_t session, std::uint64_t nonce,
                   std::uint64_t records_total, std::uint64_t bytes_total);
  void tick();
  void tick_reader(const std::string& peer);
  void start_read(const SessionAddress& address, ServerSession& session, ReadJob job);
  void opened(const SessionAddress& address, ServerSession& session, ReadAnswer answer);
  Status check(const std::string& peer, const wire::Open& open) const;
  void park(const SessionAddress& address);
  void retry_parked();

  bool send(const std::string& peer, const wire::Message& message);
  /// Takes the address by value: the caller's may live in the session, which ends here.
  void refuse(SessionAddress address, RefusedReason reason, std::string message, SequenceNumber oldest = {});
  void refuse(const SessionAddress& address, const Error& error);
  ServerSession* find(const SessionAddress& address, std::uint64_t nonce);

  const RegionId region_;
  const Epoch epoch_;
  ServerPort& port_;
  Random& random_;
  // Ordered, so that what a test or a simulation sees does not depend on hashing.
  std::map<std::string, Peer> peers_;
  std::map<SessionAddress, ServerSession> sessions_;
  std::map<ShardId, std::set<SessionAddress>> readers_of_;
  std::set<SessionAddress> parked_;    // tried again after a pause
  std::set<SessionAddress> roomless_;  // parked as well, until there is room in the budget for frames
  std::set<std::string> gone_;         // readers whose connection is no more: erased at the next turn
  std::set<std::string> early_ticks_;  // readers with a session that was just opened
  std::size_t state_bytes_ = 0;        // of consumers' states in sessions
  LogLimit garbage_lines_, goodbye_lines_;
  std::uint64_t now_ns_ = 0;
  std::uint64_t next_tick_ns_ = 0;
  std::uint64_t next_retry_ns_ = 0;
  std::uint64_t retry_pause_ms_ = limits::kStreamRetryMs;  // doubles while nothing goes out
};

}  // namespace gyre::streams
