// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/log/frame_builder.h"
#include "core/log/frame_view.h"

namespace gyre::log {

inline constexpr std::uint64_t kTestSalt = 0x5a17;

/// Random frames that follow one another, as a writer would make them.
class FrameMaker {
 public:
  explicit FrameMaker(std::uint64_t seed, std::uint64_t shards = 3) : random_(seed), shards_(shards) {}

  struct Row {
    RowChange change;
    std::uint8_t family;
    std::string key;
    std::string value;
    bool operator==(const Row&) const = default;
  };
  struct Record {
    EntryHead head;
    std::string bytes;
    bool operator==(const Record&) const = default;
  };
  /// What was put into a frame.
  struct Content {
    std::vector<Record> records;
    std::vector<Row> rows;
    CommitStamp stamp;
  };

  /// Puts up to `records_max` records of up to `bytes_max` bytes into `builder`.
  Content fill(FrameBuilder& builder, std::size_t records_max, std::size_t bytes_max) {
    Content content;
    const std::size_t records = random_.below(records_max + 1);
    for (std::size_t i = 0; i < records; ++i) add_record(builder, content, bytes_max);
    if (random_.below(4) == 0) ++sequence_;  // used for something without a record
    if (random_.below(3) == 0 || records == 0) add_other_rows(builder, content);
    stamp_ += 2;
    now_ms_ += random_.below(5);
    content.stamp = {SequenceNumber(sequence_), stamp_, now_ms_};
    return content;
  }

  Random& random() { return random_; }
  std::string random_bytes(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_.next());
    return bytes;
  }
  /// Forgets what it made after `frames` were lost: the log goes on from there.
  struct State {
    std::uint64_t sequence = 0;
    std::uint64_t stamp = 0;
    std::map<std::uint64_t, std::pair<std::uint64_t, std::uint64_t>> heads{};  ///< ordinal and bytes by shard
  };
  State state() const { return {sequence_, stamp_, heads_}; }
  void go_back_to(const State& state) {
    sequence_ = state.sequence;
    stamp_ = state.stamp;
    heads_ = state.heads;
  }

 private:
  void add_record(FrameBuilder& builder, Content& content, std::size_t bytes_max) {
    Record record;
    record.bytes = random_bytes(1 + random_.below(bytes_max));
    EntryHead& head = record.head;
    head.shard = ShardId(1 + random_.below(shards_));
    head.sequence = SequenceNumber(++sequence_);
    auto& [ordinal, bytes] = heads_[head.shard.value()];
    head.ordinal = Ordinal(++ordinal);
    head.time = stamp_ + 2;
    head.cumulative_bytes = bytes += record.bytes.size();
    if (random_.below(8) == 0) head.key_id = 7;
    const std::uint32_t index = builder.add_entry(head, record.bytes);
    head = builder.rows()[index].head;
    if (head.is_plain()) add_row(builder, content, index, record);
    content.records.push_back(std::move(record));
  }

  // A row whose value ends in a part of the record, as an item's does.
  void add_row(FrameBuilder& builder, Content& content, std::uint32_t index, const Record& record) {
    const auto size = static_cast<std::uint32_t>(record.bytes.size());
    Reference reference{.entry = index, .offset = static_cast<std::uint32_t>(random_.below(size))};
    reference.length = static_cast<std::uint32_t>(1 + random_.below(size - reference.offset));
    const std::string key = random_bytes(random_.below(20));
    const std::string header = random_bytes(random_.below(10));
    builder.put(1, {key}, {header, reference});
    content.rows.push_back(
        {RowChange::kPut, 1, key, header + record.bytes.substr(reference.offset, reference.length)});
  }

  void add_other_rows(FrameBuilder& builder, Content& content) {
    const std::string key = random_bytes(5);
    const std::string end = random_bytes(6);
    builder.erase(2, {key});
    builder.erase_range(3, {key}, {end});
    builder.filled(4, {key}, {end});
    builder.put(0, {key}, {});
    content.rows.push_back({RowChange::kErase, 2, key, ""});
    content.rows.push_back({RowChange::kEraseRange, 3, key, end});
    content.rows.push_back({RowChange::kFilled, 4, key, end});
    content.rows.push_back({RowChange::kPut, 0, key, ""});
  }

  SeededRandom random_;
  std::uint64_t shards_;
  std::uint64_t sequence_ = 0;
  std::uint64_t stamp_ = 1000;
  std::uint64_t now_ms_ = 1'000'000;
  std::map<std::uint64_t, std::pair<std::uint64_t, std::uint64_t>> heads_;
};

inline std::vector<FrameMaker::Record> records_of(const FrameView& frame) {
  std::vector<FrameMaker::Record> records;
  for (std::size_t i = 0; i < frame.entry_count(); ++i) {
    records.push_back({frame.head(i), std::string(frame.entry(i).bytes)});
  }
  return records;
}

inline std::vector<FrameMaker::Row> rows_of(const FrameView& frame) {
  std::vector<FrameMaker::Row> rows;
  for (OperationReader reader = frame.operations(); !reader.at_end();) {
    const RowOperation operation = reader.next().value();
    rows.push_back({operation.change, operation.family, operation.key.joined(), operation.value.joined()});
  }
  return rows;
}

}  // namespace gyre::log
