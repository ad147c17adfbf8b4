// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/stream_message.h"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "core/base/limits.h"
#include "schemas/stream_protocol.capnp.h"

namespace gyre::streams::wire {
namespace {

std::string as_string(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}

std::string as_string(capnp::Text::Reader text) {
  return {text.begin(), text.size()};
}

// A text for people, who see it in logs: of a bounded size, on one line.
std::string for_people(capnp::Text::Reader text) {
  std::string line(text.begin(), std::min<std::size_t>(text.size(), limits::kStreamReasonBytesMax));
  std::replace_if(line.begin(), line.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return line;
}

storage::LogCursor read_cursor(schemas::Cursor::Reader in, Epoch epoch) {
  return {epoch, ShardId(in.getShard()), SequenceNumber(in.getSequence()), Ordinal(in.getOrdinal()),
          in.getChecksum()};
}

RefusedReason read_reason(schemas::Refused::Reason reason) {
  // A later version may know more reasons; to this one they are all "it does not work".
  return reason > schemas::Refused::Reason::UNREADABLE ? RefusedReason::kUnreadable
                                                       : static_cast<RefusedReason>(reason);
}

Status read_outcome(schemas::Acked::Reader in) {
  std::string message = for_people(in.getError());
  switch (in.getCode()) {
    case schemas::Acked::Code::COMMITTED:
      return {};
    case schemas::Acked::Code::IN_USE:
      return Error(ErrorCode::kResourceInUse, std::move(message));
    case schemas::Acked::Code::THROTTLED:
      return Error(ErrorCode::kThrottled, std::move(message));
    case schemas::Acked::Code::INVALID:
      return Error::validation(std::move(message));
    case schemas::Acked::Code::OUTCOME_UNKNOWN:
      return Error(ErrorCode::kOutcomeUnknown, std::move(message));
    default:
      return Error::internal(std::move(message));
  }
}

// --- one message each ---

Open read(schemas::Open::Reader in) {
  Open message;
  message.session = in.getSession();
  message.epoch = Epoch(in.getEpoch());
  switch (in.which()) {
    case schemas::Open::SHARD:
      message.source = read_cursor(in.getShard(), message.epoch);
      break;
    case schemas::Open::TABLE_SCAN: {
      const auto scan = in.getTableScan();
      message.source = SessionOptions::TableScan{as_string(scan.getTableName()), as_string(scan.getAfter())};
      break;
    }
    case schemas::Open::TABLE_SHARDS:
      message.source = TableShards{as_string(in.getTableShards())};
      break;
  }
  const auto filter = in.getFilter();
  message.filter = {filter.getLocalOriginOnly(), filter.getHideTouch(), filter.getLatest()};
  message.json = in.getJson();
  message.consumer = as_string(in.getConsumer());
  message.attempt = in.getAttempt();
  message.resume = in.getResume();
  return message;
}

Opened read(schemas::Opened::Reader in) {
  Opened message;
  message.session = in.getSession();
  message.nonce = in.getNonce();
  message.attempt = in.getAttempt();
  message.epoch = Epoch(in.getEpoch());
  message.position = read_cursor(in.getPosition(), message.epoch);
  for (const auto shard : in.getShards()) {
    ShardInfo info;
    info.shard = ShardId(shard.getShard());
    if (shard.getParent() != 0) info.parent = ShardId(shard.getParent());
    info.closed = shard.getClosed();
    info.last_sequence = SequenceNumber(shard.getLastSequence());
    info.stream_label = as_string(shard.getStreamLabel());
    info.opened_ms = shard.getOpenedMs();
    info.closed_ms = shard.getClosedMs();
    message.shards.push_back(std::move(info));
  }
  message.state = as_string(in.getState());
  message.checkpoint = SequenceNumber(in.getCheckpoint());
  for (const auto name : in.getKeyNames()) message.key_names.push_back(as_string(name));
  return message;
}

Batch read(schemas::Batch::Reader in, storage::RecordList::Memory memory) {
  Batch message;
  message.session = in.getSession();
  message.nonce = in.getNonce();
  message.previous = Ordinal(in.getPreviousOrdinal());
  for (const auto record : in.getRecords()) {
    message.records.add(std::string_view(reinterpret_cast<const char*>(record.begin()), record.size()));
  }
  message.records.keep(std::move(memory));
  message.scanned_through.ordinal = Ordinal(in.getScannedThroughOrdinal());
  message.scanned_through.sequence = SequenceNumber(in.getScannedThroughSequence());
  message.scanned_through.checksum = in.getScannedThroughChecksum();
  message.head_ordinal = Ordinal(in.getHeadOrdinal());
  message.watermark = in.getWatermark();
  message.scan_position = as_string(in.getScanPosition());
  message.scan_end = in.getScanEnd();
  return message;
}

Tick read(schemas::Tick::Reader in) {
  Tick message;
  message.watermark = in.getWatermark();
  for (const auto position : in.getPositions()) {
    message.positions.push_back(
        {position.getSession(), position.getNonce(), Ordinal(position.getScannedThroughOrdinal()),
         Ordinal(position.getHeadOrdinal()), position.getRecordsTotal(), position.getBytesTotal()});
  }
  return message;
}

ShardEnd read(schemas::ShardEnd::Reader in) {
  ShardEnd message;
  message.session = in.getSession();
  message.nonce = in.getNonce();
  for (const std::uint64_t child : in.getChildren()) message.children.push_back(ShardId(child));
  message.last_ordinal = Ordinal(in.getLastOrdinal());
  return message;
}

ConsumerWrite read(schemas::ConsumerWrite::Reader in) {
  ConsumerWrite effect;
  effect.table_name = as_string(in.getTableName());
  switch (in.which()) {
    case schemas::ConsumerWrite::PUT:
      effect.kind = ConsumerWrite::Kind::kPut;
      effect.item = as_string(in.getPut());
      break;
    case schemas::ConsumerWrite::DELETE:
      effect.kind = ConsumerWrite::Kind::kDelete;
      effect.item = as_string(in.getDelete());
      break;
    case schemas::ConsumerWrite::ADD: {
      const auto add = in.getAdd();
      effect.kind = ConsumerWrite::Kind::kAdd;
      effect.item = as_string(add.getKey());
      effect.attribute = as_string(add.getAttribute());
      effect.amount = as_string(add.getAmount());
      break;
    }
  }
  return effect;
}

Ack read(schemas::Ack::Reader in) {
  Ack message;
  message.session = in.getSession();
  message.nonce = in.getNonce();
  message.number = in.getNumber();
  message.progress.accepted_through = read_cursor(in.getAcceptedThrough(), Epoch());
  message.progress.previous = SequenceNumber(in.getPreviousSequence());
  message.progress.state = as_string(in.getState());
  for (const auto effect : in.getWrites()) message.progress.writes.push_back(read(effect));
  message.progress.shard_done = in.getShardDone();
  return message;
}

std::optional<Message> read(schemas::StreamMessage::Reader root, storage::RecordList::Memory memory) {
  switch (root.which()) {
    case schemas::StreamMessage::HELLO: {
      const auto in = root.getHello();
      return Hello{in.getVersionMin(), in.getVersionMax(), for_people(in.getReaderId())};
    }
    case schemas::StreamMessage::WELCOME: {
      const auto in = root.getWelcome();
      return Welcome{in.getVersion(), as_string(in.getRegion()), Epoch(in.getEpoch()),
                     in.getMessageBytesMax()};
    }
    case schemas::StreamMessage::OPEN: {
      const auto in = root.getOpen();
      // Another kind of source, of a version that we did not agree on.
      if (in.which() > schemas::Open::TABLE_SHARDS) return std::nullopt;
      return read(in);
    }
    case schemas::StreamMessage::OPENED:
      return read(root.getOpened());
    case schemas::StreamMessage::REFUSED: {
      const auto in = root.getRefused();
      return Refused{in.getSession(), read_reason(in.getReason()), for_people(in.getMessage()),
                     SequenceNumber(in.getOldestSequence())};
    }
    case schemas::StreamMessage::CREDIT: {
      const auto in = root.getCredit();
      return Credit{in.getSession(), in.getNonce(), in.getRecordsTotal(), in.getBytesTotal()};
    }
    case schemas::StreamMessage::BATCH:
      return read(root.getBatch(), std::move(memory));
    case schemas::StreamMessage::TICK:
      return read(root.getTick());
    case schemas::StreamMessage::SHARD_END:
      return read(root.getShardEnd());
    case schemas::StreamMessage::ACK:
      return read(root.getAck());
    case schemas::StreamMessage::ACKED: {
      const auto in = root.getAcked();
      return Acked{in.getSession(), in.getNonce(), in.getNumber(), SequenceNumber(in.getSequence()),
                   read_outcome(in)};
    }
    case schemas::StreamMessage::BYE: {
      const auto in = root.getBye();
      return Bye{in.getSession(), for_people(in.getReason())};
    }
  }
  return std::nullopt;
}

}  // namespace

Result<Message> decode_message(std::string_view frame, storage::RecordList::Memory memory) {
  if (frame.empty() || frame.size() % sizeof(capnp::word) != 0) {
    return Error::serialization("a stream frame is not a whole number of words");
  }
  const std::size_t word_count = frame.size() / sizeof(capnp::word);
  const auto* words = reinterpret_cast<const capnp::word*>(frame.data());
  if (!memory || reinterpret_cast<std::uintptr_t>(frame.data()) % sizeof(capnp::word) != 0) {
    const auto aligned = std::make_shared_for_overwrite<std::uint64_t[]>(word_count);
    std::memcpy(aligned.get(), frame.data(), frame.size());
    words = reinterpret_cast<const capnp::word*>(aligned.get());
    memory = aligned;
  }
  capnp::ReaderOptions options;
  // Everything is read once; the factor covers pointers that are looked at again.
  options.traversalLimitInWords = 2 * word_count + 64;
  options.nestingLimit = 8;
  try {
    capnp::FlatArrayMessageReader reader(kj::arrayPtr(words, word_count), options);
    std::optional<Message> message = read(reader.getRoot<schemas::StreamMessage>(), std::move(memory));
    if (!message) return Error::serialization("a stream frame of an unknown kind");
    return std::move(*message);
  } catch (const kj::Exception& exception) {
    return Error::serialization(std::string("a stream frame does not decode: ") +
                                exception.getDescription().cStr());
  }
}

}  // namespace gyre::streams::wire
