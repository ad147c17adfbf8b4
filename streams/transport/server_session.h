// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/storage/catalog.h"
#include "streams/transport/session_reads.h"
#include "streams/transport/stream_message.h"

namespace gyre::streams {

/// One open session as the region keeps it: a position and unsent credit, no records. Decides what to read
/// and what to send; does neither. Owned by ServerMachine, on its thread.
///
/// A batch counts as sent only when the socket took it (batch_sent()). If it did not, the batch is dropped
/// and the session parked: its position never moved, so a later turn reads the same records again.
class ServerSession {
 public:
  enum class State {
    kOpening,  ///< its first read checks where to start
    kReading,
    kEnded,  ///< read to the end of a closed shard or of a table; acks are still taken
  };

  /// `message` has passed the server's checks; `from` is where it wants to start.
  ServerSession(SessionAddress address, std::uint64_t nonce, wire::Open message,
                std::variant<storage::LogCursor, ScanPlace> from);

  State state() const { return state_; }
  std::uint64_t nonce() const { return nonce_; }
  std::uint32_t attempt() const { return open_.attempt; }
  const std::string& consumer() const { return open_.consumer; }
  bool is_scan() const { return std::holds_alternative<ScanPlace>(position_); }
  /// Of a session on a shard.
  const storage::LogCursor& cursor() const { return std::get<storage::LogCursor>(position_); }

  /// The read to run now; nullopt while one is under way, without credit, or with nothing new. The caller
  /// says with read_refused() if nobody took it.
  std::optional<ReadJob> next_read();
  void read_refused();

  /// The answer of the opening read: reading starts there.
  void opened(ReadAnswer answer);
  /// The answer to Open; the same each time, since a reader repeats an Open whose answer was lost.
  wire::Opened opened_message() const;
  /// Bytes of the consumer's state that opened_message() carries: kept until the reader shows that it has it.
  std::size_t state_bytes() const { return consumer_state_.size(); }
  void forget_state() { consumer_state_ = {}; }

  /// Takes what was read; answers the batch to send, or nullopt if the filter hid everything: then only the
  /// position moves.
  std::optional<wire::Batch> take(ReadAnswer answer);
  /// The socket took the batch / did not: the session is parked until unpark().
  void batch_sent();
  void batch_not_sent();
  bool parked() const { return parked_; }
  void unpark() { parked_ = false; }

  /// An empty batch that tells the reader of a position moved by hidden records alone; nullopt if it knows.
  std::optional<wire::Batch> position_news() const;
  void position_news_sent();
  /// What a Tick says of it.
  wire::Position tick_position() const;

  void credit(std::uint64_t records_total, std::uint64_t bytes_total);
  /// The shard has come so far.
  void advanced(const storage::ShardHead& head);
  /// True once everything of a closed shard was sent.
  bool finished(const storage::ShardDescriptor& shard) const;
  void end(Ordinal last_ordinal);
  Ordinal last_ordinal() const { return head_.ordinal; }

  /// The ack under way or answered last, so that a repeated one is not committed twice.
  struct LastAck {
    std::uint64_t number = 0;
    SequenceNumber sequence;
    std::optional<wire::Acked> answer;
  };
  LastAck& last_ack() { return last_ack_; }

 private:
  bool has_credit() const { return records_total_ > records_sent_ && bytes_total_ > bytes_sent_; }
  wire::Batch empty_batch() const;

  const SessionAddress address_;
  const std::uint64_t nonce_;
  const wire::Open open_;
  State state_ = State::kOpening;
  bool reading_ = false;
  bool parked_ = false;

  // Everything up to here was scanned; of a scan, `rows_` counts its rows.
  std::variant<storage::LogCursor, ScanPlace> position_;
  storage::LogCursor start_;
  Ordinal rows_;
  Ordinal sent_through_;  // what the reader was told
  storage::ShardHead head_;
  HybridTime watermark_ = 0;

  // A batch between take() and batch_sent().
  struct Unsent {
    std::variant<storage::LogCursor, ScanPlace> position;
    Ordinal through;
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
    bool scan_end = false;
  };
  std::optional<Unsent> unsent_;

  std::uint64_t records_total_ = 0, bytes_total_ = 0;  // credit, as the reader gave it
  std::uint64_t records_sent_ = 0, bytes_sent_ = 0;
  std::size_t batches_unheard_ = 0;  // sent since the reader's last word about its credit

  SequenceNumber checkpoint_;
  std::string consumer_state_;
  LastAck last_ack_;
};

}  // namespace gyre::streams
