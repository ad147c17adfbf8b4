// SPDX-License-Identifier: Apache-2.0
#include "core/log/frame_builder.h"

#include "core/base/hash.h"
#include "core/base/limits.h"

namespace gyre::log {

FrameBuilder::FrameBuilder() {
  clear();
}

void FrameBuilder::clear() {
  frame_.assign(kFrameHeaderBytes, '\0');
  rows_.clear();
  offsets_.clear();
  operations_.clear();
  operation_count_ = 0;
}

std::uint32_t FrameBuilder::add_entry(EntryHead head, std::string_view stored_bytes) {
  CHECK(!stored_bytes.empty() && stored_bytes.size() <= limits::kLogFrameBytesMax);
  CHECK(rows_.empty() || head.sequence > rows_.back().head.sequence);
  CHECK(head.sequence != SequenceNumber() && head.ordinal != Ordinal());
  CHECK(is_aligned(frame_.size()));
  head.length = static_cast<std::uint32_t>(stored_bytes.size());
  head.checksum = hash64(stored_bytes);
  offsets_.push_back(frame_.size());
  rows_.push_back({.head = head});
  frame_.append(stored_bytes);
  frame_.resize(aligned(frame_.size()), '\0');
  return static_cast<std::uint32_t>(rows_.size() - 1);
}

void FrameBuilder::put(std::uint8_t family, const RowBytes& key, const RowBytes& value) {
  add_operation(RowChange::kPut, family, key, value);
}
void FrameBuilder::erase(std::uint8_t family, const RowBytes& key) {
  add_operation(RowChange::kErase, family, key, {});
}
void FrameBuilder::erase_range(std::uint8_t family, const RowBytes& first, const RowBytes& end) {
  add_operation(RowChange::kEraseRange, family, first, end);
}
void FrameBuilder::filled(std::uint8_t family, const RowBytes& key, const RowBytes& value) {
  add_operation(RowChange::kFilled, family, key, value);
}

void FrameBuilder::add_operation(RowChange change, std::uint8_t family, const RowBytes& key,
                                 const RowBytes& value) {
  check_reference(key.reference);
  check_reference(value.reference);
  append_operation(operations_, change, family, key, value);
  ++operation_count_;
}

void FrameBuilder::check_reference(const Reference& reference) const {
  if (reference.length == 0) return;
  CHECK(reference.entry < rows_.size());
  const EntryHead& head = rows_[reference.entry].head;
  CHECK(head.is_plain());
  CHECK(std::uint64_t{reference.offset} + reference.length <= head.length);
}

std::uint64_t FrameBuilder::frame_bytes() const {
  return frame_.size() + rows_.size() * kRowBytes + aligned(operations_.size());
}

std::string FrameBuilder::finish(FrameHeader& header, const CommitStamp& stamp, std::uint64_t salt) {
  CHECK(frame_bytes() <= limits::kLogFrameBytesMax);
  CHECK(rows_.empty() || rows_.back().head.sequence <= stamp.last_sequence);
  header.contents_bytes = static_cast<std::uint32_t>(frame_.size() - kFrameHeaderBytes);
  header.entry_count = static_cast<std::uint32_t>(rows_.size());
  header.operation_count = operation_count_;
  header.operations_bytes = static_cast<std::uint32_t>(operations_.size());
  header.last_sequence = stamp.last_sequence;
  header.last_stamp = stamp.last_stamp;
  header.commit_time_ms = stamp.commit_time_ms;
  const std::uint64_t expected_bytes = frame_bytes();

  std::string frame = std::move(frame_);
  const std::size_t table = frame.size();
  frame.reserve(expected_bytes);
  frame.resize(table + rows_.size() * kRowBytes);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const std::size_t at = table + i * kRowBytes;
    rows_[i].distance = static_cast<std::uint32_t>(at - offsets_[i]);
    encode_row(rows_[i], frame.data() + at);
  }
  const std::size_t operations = frame.size();
  frame.append(operations_);
  frame.resize(aligned(frame.size()), '\0');
  header.table_checksum = hash64(std::string_view(frame).substr(table, operations - table));
  header.operations_checksum = hash64(std::string_view(frame).substr(operations));
  encode_frame_header(header, salt, frame.data());
  CHECK(frame.size() == expected_bytes && frame.size() == header.frame_bytes());
  clear();
  return frame;
}

}  // namespace gyre::log
