// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/stream_message.h"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/exception.h>

#include <cstring>
#include <optional>

#include "schemas/stream_protocol.capnp.h"

namespace gyre::streams::wire {
namespace {

kj::ArrayPtr<const kj::byte> as_data(std::string_view bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}

std::string as_string(capnp::Data::Reader data) {
  return {reinterpret_cast<const char*>(data.begin()), data.size()};
}

std::string as_string(capnp::Text::Reader text) {
  return {text.begin(), text.size()};
}

capnp::Text::Reader as_text(const std::string& text) {
  return {text.c_str(), text.size()};
}

// --- what several messages hold ---

void write_cursor(schemas::Cursor::Builder out, const storage::LogCursor& cursor) {
  out.setShard(cursor.shard.value());
  out.setSequence(cursor.sequence.value());
  out.setOrdinal(cursor.ordinal.value());
  out.setChecksum(cursor.checksum);
}

storage::LogCursor read_cursor(schemas::Cursor::Reader in, Epoch epoch) {
  return {epoch, ShardId(in.getShard()), SequenceNumber(in.getSequence()), Ordinal(in.getOrdinal()),
          in.getChecksum()};
}

// RefusedReason lists the schema's reasons in the same order.
static_assert(static_cast<int>(schemas::Refused::Reason::VERSION) ==
              static_cast<int>(RefusedReason::kVersion));
static_assert(static_cast<int>(schemas::Refused::Reason::NO_SUCH_TABLE) ==
              static_cast<int>(RefusedReason::kNoSuchTable));
static_assert(static_cast<int>(schemas::Refused::Reason::UNREADABLE) ==
              static_cast<int>(RefusedReason::kUnreadable));

RefusedReason read_reason(schemas::Refused::Reason reason) {
  // A later version may know more reasons; to this one they are all "it does not work".
  return reason > schemas::Refused::Reason::UNREADABLE ? RefusedReason::kUnreadable
                                                       : static_cast<RefusedReason>(reason);
}

schemas::Acked::Code code_of(const Status& outcome) {
  if (outcome.ok()) return schemas::Acked::Code::COMMITTED;
  switch (outcome.error().code) {
    case ErrorCode::kResourceInUse:
      return schemas::Acked::Code::IN_USE;
    case ErrorCode::kThrottled:
      return schemas::Acked::Code::THROTTLED;
    case ErrorCode::kValidation:
      return schemas::Acked::Code::INVALID;
    case ErrorCode::kOutcomeUnknown:
      return schemas::Acked::Code::OUTCOME_UNKNOWN;
    default:
      return schemas::Acked::Code::FAILED;
  }
}

Status read_outcome(schemas::Acked::Reader in) {
  std::string message = as_string(in.getError());
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

// --- writing, one message each ---

void write(schemas::StreamMessage::Builder root, const Hello& message) {
  auto out = root.initHello();
  out.setVersionMin(message.version_min);
  out.setVersionMax(message.version_max);
  out.setReaderId(as_text(message.reader_id));
}

void write(schemas::StreamMessage::Builder root, const Welcome& message) {
  auto out = root.initWelcome();
  out.setVersion(message.version);
  out.setRegion(as_text(message.region));
  out.setEpoch(message.epoch.value());
  out.setMessageBytesMax(message.message_bytes_max);
}

void write(schemas::StreamMessage::Builder root, const Open& message) {
  auto out = root.initOpen();
  out.setSession(message.session);
  out.setEpoch(message.epoch.value());
  if (const auto* shard = std::get_if<storage::LogCursor>(&message.source)) {
    write_cursor(out.initShard(), *shard);
  } else if (const auto* scan = std::get_if<SessionOptions::TableScan>(&message.source)) {
    auto table_scan = out.initTableScan();
    table_scan.setTableName(as_text(scan->table_name));
    table_scan.setAfter(as_data(scan->after));
  } else {
    out.setTableShards(as_text(std::get<TableShards>(message.source).table_name));
  }
  auto filter = out.initFilter();
  filter.setLocalOriginOnly(message.filter.local_origin_only);
  filter.setHideTouch(message.filter.hide_touch);
  filter.setLatest(message.filter.latest);
  out.setJson(message.json);
  out.setConsumer(as_text(message.consumer));
  out.setAttempt(message.attempt);
  out.setResume(message.resume);
}

void write(schemas::StreamMessage::Builder root, const Opened& message) {
  auto out = root.initOpened();
  out.setSession(message.session);
  out.setNonce(message.nonce);
  out.setOrdinal(message.position.ordinal.value());
  auto shards = out.initShards(message.shards.size());
  for (std::size_t i = 0; i < message.shards.size(); ++i) {
    const ShardInfo& info = message.shards[i];
    shards[i].setShard(info.shard.value());
    shards[i].setParent(info.parent.value_or(ShardId()).value());
    shards[i].setClosed(info.closed);
    shards[i].setLastSequence(info.last_sequence.value());
    shards[i].setStreamLabel(as_text(info.stream_label));
    shards[i].setOpenedMs(info.opened_ms);
    shards[i].setClosedMs(info.closed_ms);
  }
  out.setEpoch(message.epoch.value());
  out.setState(as_data(message.state));
  out.setCheckpoint(message.checkpoint.value());
  auto names = out.initKeyNames(message.key_names.size());
  for (std::size_t i = 0; i < message.key_names.size(); ++i) names.set(i, as_text(message.key_names[i]));
  write_cursor(out.initPosition(), message.position);
  out.setAttempt(message.attempt);
}

void write(schemas::StreamMessage::Builder root, const Refused& message) {
  auto out = root.initRefused();
  out.setSession(message.session);
  out.setReason(static_cast<schemas::Refused::Reason>(message.reason));
  out.setMessage(as_text(message.message));
  out.setOldestSequence(message.oldest.value());
}

void write(schemas::StreamMessage::Builder root, const Credit& message) {
  auto out = root.initCredit();
  out.setSession(message.session);
  out.setNonce(message.nonce);
  out.setRecordsTotal(message.records_total);
  out.setBytesTotal(message.bytes_total);
}

void write(schemas::StreamMessage::Builder root, const Batch& message) {
  auto out = root.initBatch();
  out.setSession(message.session);
  out.setNonce(message.nonce);
  out.setPreviousOrdinal(message.previous.value());
  auto records = out.initRecords(message.records.size());
  for (std::size_t i = 0; i < message.records.size(); ++i) records.set(i, as_data(message.records[i]));
  out.setScannedThroughOrdinal(message.scanned_through.ordinal.value());
  out.setScannedThroughSequence(message.scanned_through.sequence.value());
  out.setScannedThroughChecksum(message.scanned_through.checksum);
  out.setHeadOrdinal(message.head_ordinal.value());
  out.setHeadCumulativeBytes(message.head_cumulative_bytes);
  out.setWatermark(message.watermark);
  out.setScanPosition(as_data(message.scan_position));
  out.setScanEnd(message.scan_end);
}

void write(schemas::StreamMessage::Builder root, const Tick& message) {
  auto out = root.initTick();
  out.setClockMs(message.clock_ms);
  out.setWatermark(message.watermark);
  auto positions = out.initPositions(message.positions.size());
  for (std::size_t i = 0; i < message.positions.size(); ++i) {
    const Position& position = message.positions[i];
    positions[i].setSession(position.session);
    positions[i].setNonce(position.nonce);
    positions[i].setScannedThroughOrdinal(position.scanned_through.value());
    positions[i].setHeadOrdinal(position.head.value());
    positions[i].setRecordsTotal(position.records_total);
    positions[i].setBytesTotal(position.bytes_total);
  }
}

void write(schemas::StreamMessage::Builder root, const ShardEnd& message) {
  auto out = root.initShardEnd();
  out.setSession(message.session);
  out.setNonce(message.nonce);
  auto children = out.initChildren(message.children.size());
  for (std::size_t i = 0; i < message.children.size(); ++i) children.set(i, message.children[i].value());
  out.setLastOrdinal(message.last_ordinal.value());
}

void write(schemas::StreamMessage::Builder root, const Ack& message) {
  auto out = root.initAck();
  out.setSession(message.session);
  out.setNonce(message.nonce);
  write_cursor(out.initAcceptedThrough(), message.progress.accepted_through);
  out.setPreviousSequence(message.progress.previous.value());
  out.setState(as_data(message.progress.state));
  auto writes = out.initWrites(message.progress.writes.size());
  for (std::size_t i = 0; i < message.progress.writes.size(); ++i) {
    const ConsumerWrite& effect = message.progress.writes[i];
    writes[i].setTableName(as_text(effect.table_name));
    switch (effect.kind) {
      case ConsumerWrite::Kind::kPut:
        writes[i].setPut(as_data(effect.item));
        break;
      case ConsumerWrite::Kind::kDelete:
        writes[i].setDelete(as_data(effect.item));
        break;
      case ConsumerWrite::Kind::kAdd: {
        auto add = writes[i].initAdd();
        add.setKey(as_data(effect.item));
        add.setAttribute(as_text(effect.attribute));
        add.setAmount(as_text(effect.amount));
        break;
      }
    }
  }
  out.setShardDone(message.progress.shard_done);
  out.setNumber(message.number);
}

void write(schemas::StreamMessage::Builder root, const Acked& message) {
  auto out = root.initAcked();
  out.setSession(message.session);
  out.setNonce(message.nonce);
  out.setSequence(message.sequence.value());
  if (!message.outcome.ok()) out.setError(as_text(message.outcome.error().message));
  out.setCode(code_of(message.outcome));
  out.setNumber(message.number);
}

void write(schemas::StreamMessage::Builder root, const Bye& message) {
  auto out = root.initBye();
  out.setSession(message.session);
  out.setReason(as_text(message.reason));
}

// --- reading ---

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

Batch read(schemas::Batch::Reader in) {
  Batch message;
  message.session = in.getSession();
  message.nonce = in.getNonce();
  message.previous = Ordinal(in.getPreviousOrdinal());
  for (const auto record : in.getRecords()) message.records.push_back(as_string(record));
  message.scanned_through.ordinal = Ordinal(in.getScannedThroughOrdinal());
  message.scanned_through.sequence = SequenceNumber(in.getScannedThroughSequence());
  message.scanned_through.checksum = in.getScannedThroughChecksum();
  message.head_ordinal = Ordinal(in.getHeadOrdinal());
  message.head_cumulative_bytes = in.getHeadCumulativeBytes();
  message.watermark = in.getWatermark();
  message.scan_position = as_string(in.getScanPosition());
  message.scan_end = in.getScanEnd();
  return message;
}

Tick read(schemas::Tick::Reader in) {
  Tick message;
  message.clock_ms = in.getClockMs();
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

std::optional<Message> read(schemas::StreamMessage::Reader root) {
  switch (root.which()) {
    case schemas::StreamMessage::HELLO: {
      const auto in = root.getHello();
      return Hello{in.getVersionMin(), in.getVersionMax(), as_string(in.getReaderId())};
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
      return Refused{in.getSession(), read_reason(in.getReason()), as_string(in.getMessage()),
                     SequenceNumber(in.getOldestSequence())};
    }
    case schemas::StreamMessage::CREDIT: {
      const auto in = root.getCredit();
      return Credit{in.getSession(), in.getNonce(), in.getRecordsTotal(), in.getBytesTotal()};
    }
    case schemas::StreamMessage::BATCH:
      return read(root.getBatch());
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
      return Bye{in.getSession(), as_string(in.getReason())};
    }
  }
  return std::nullopt;
}

// What a batch takes, at most.
std::size_t words_max(const Batch& batch) {
  constexpr std::size_t kFixedWords = 128;
  std::size_t words = kFixedWords + batch.scan_position.size() / sizeof(capnp::word);
  for (const std::string& record : batch.records) words += record.size() / sizeof(capnp::word) + 2;
  return words;
}

// Batches are large: one is laid out in its frame, and copied no more. The flat form of one segment is a word
// that says "one segment, so long", then the segment.
std::string encode_batch(const Batch& batch) {
  constexpr std::size_t kWord = sizeof(capnp::word);
  const std::size_t room = words_max(batch);
  std::string frame((1 + room) * kWord, '\0');
  capnp::FlatMessageBuilder builder(kj::arrayPtr(reinterpret_cast<capnp::word*>(frame.data() + kWord), room));
  write(builder.initRoot<schemas::StreamMessage>(), batch);
  const std::size_t used = builder.getSegmentsForOutput()[0].size();
  const std::uint32_t head[2] = {0, static_cast<std::uint32_t>(used)};
  static_assert(sizeof(head) == kWord);
  std::memcpy(frame.data(), head, kWord);
  frame.resize((1 + used) * kWord);
  return frame;
}

}  // namespace

std::string encode_message(const Message& message) {
  if (const auto* batch = std::get_if<Batch>(&message)) return encode_batch(*batch);
  capnp::MallocMessageBuilder builder;
  auto root = builder.initRoot<schemas::StreamMessage>();
  std::visit([&](const auto& one) { write(root, one); }, message);

  const auto words = capnp::messageToFlatArray(builder);
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

Result<Message> decode_message(std::string_view frame) {
  if (frame.empty() || frame.size() % sizeof(capnp::word) != 0) {
    return Error::serialization("a stream frame is not a whole number of words");
  }
  const std::size_t word_count = frame.size() / sizeof(capnp::word);
  const auto* words = reinterpret_cast<const capnp::word*>(frame.data());
  kj::Array<capnp::word> aligned;
  if (reinterpret_cast<std::uintptr_t>(frame.data()) % sizeof(capnp::word) != 0) {
    aligned = kj::heapArray<capnp::word>(word_count);
    std::memcpy(aligned.begin(), frame.data(), frame.size());
    words = aligned.begin();
  }
  capnp::ReaderOptions options;
  // Everything is read once; the factor covers pointers that are looked at again.
  options.traversalLimitInWords = 2 * word_count + 64;
  options.nestingLimit = 8;
  try {
    capnp::FlatArrayMessageReader reader(kj::arrayPtr(words, word_count), options);
    std::optional<Message> message = read(reader.getRoot<schemas::StreamMessage>());
    if (!message) return Error::serialization("a stream frame of an unknown kind");
    return std::move(*message);
  } catch (const kj::Exception& exception) {
    return Error::serialization(std::string("a stream frame does not decode: ") +
                                exception.getDescription().cStr());
  }
}

}  // namespace gyre::streams::wire
