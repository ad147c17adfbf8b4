// SPDX-License-Identifier: Apache-2.0
#include "streams/transport/stream_message.h"

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <cstring>

#include "schemas/stream_protocol.capnp.h"

namespace gyre::streams::wire {
namespace {

kj::ArrayPtr<const kj::byte> as_data(std::string_view bytes) {
  return {reinterpret_cast<const kj::byte*>(bytes.data()), bytes.size()};
}

capnp::Text::Reader as_text(const std::string& text) {
  return {text.c_str(), text.size()};
}

void write_cursor(schemas::Cursor::Builder out, const storage::LogCursor& cursor) {
  out.setShard(cursor.shard.value());
  out.setSequence(cursor.sequence.value());
  out.setOrdinal(cursor.ordinal.value());
  out.setChecksum(cursor.checksum);
}

// RefusedReason lists the schema's reasons in the same order.
static_assert(static_cast<int>(schemas::Refused::Reason::VERSION) ==
              static_cast<int>(RefusedReason::kVersion));
static_assert(static_cast<int>(schemas::Refused::Reason::NO_SUCH_TABLE) ==
              static_cast<int>(RefusedReason::kNoSuchTable));
static_assert(static_cast<int>(schemas::Refused::Reason::UNREADABLE) ==
              static_cast<int>(RefusedReason::kUnreadable));

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

// --- one message each ---

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
  out.setWatermark(message.watermark);
  out.setScanPosition(as_data(message.scan_position));
  out.setScanEnd(message.scan_end);
}

void write(schemas::StreamMessage::Builder root, const Tick& message) {
  auto out = root.initTick();
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

// --- frames ---

// What a batch takes, at most.
std::size_t words_max(const Batch& batch) {
  constexpr std::size_t kFixedWords = 128;
  std::size_t words = kFixedWords + batch.scan_position.size() / sizeof(capnp::word);
  for (const std::string_view record : batch.records) words += record.size() / sizeof(capnp::word) + 2;
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

}  // namespace gyre::streams::wire
