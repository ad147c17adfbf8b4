// SPDX-License-Identifier: Apache-2.0
#include "core/log/frame_view.h"

#include "core/base/hash.h"
#include "core/log/merkle.h"

namespace gyre::log {

Result<FrameView> FrameView::read(std::string_view bytes, std::uint64_t salt) {
  if (bytes.size() < kFrameHeaderBytes) return Error::corruption("the file ends in a frame's header");
  FrameView view;
  ASSIGN_OR_RETURN(view.header_, decode_frame_header(bytes.substr(0, kFrameHeaderBytes), salt));
  if (bytes.size() < view.header_.frame_bytes()) return Error::corruption("the file ends in a frame");
  view.bytes_ = bytes.substr(0, view.header_.frame_bytes());
  RETURN_IF_ERROR(view.read_table());
  RETURN_IF_ERROR(view.check_operations());
  CHECK(view.rows_.size() == view.header_.entry_count);
  CHECK(view.plain_.size() == view.rows_.size());
  return view;
}

Status FrameView::read_table() {
  const std::string_view table =
      bytes_.substr(header_.table_offset(), std::uint64_t{header_.entry_count} * kRowBytes);
  if (hash64(table) != header_.table_checksum)
    return Error::corruption("the checksum of a frame's table is wrong");
  rows_.reserve(header_.entry_count);
  // Entries follow one another without gaps, and fill the contents.
  std::uint64_t begin = kFrameHeaderBytes;
  for (std::size_t i = 0; i < header_.entry_count; ++i) {
    ASSIGN_OR_RETURN(EntryRow row, decode_row(table.substr(i * kRowBytes, kRowBytes)));
    if (row_offset(i) - begin != row.distance || begin + row.head.length > header_.table_offset()) {
      return Error::corruption("an entry's bytes are in the wrong place");
    }
    if (!rows_.empty() && row.head.sequence <= rows_.back().head.sequence) {
      return Error::corruption("the sequences of a frame do not rise");
    }
    begin = aligned(begin + row.head.length);
    rows_.push_back(row);
  }
  if (begin != header_.table_offset()) return Error::corruption("a frame's entries do not fill its contents");
  if (!rows_.empty() && rows_.back().head.sequence > header_.last_sequence) {
    return Error::corruption("a frame has sequences beyond its last one");
  }
  return {};
}

Status FrameView::check_operations() {
  const std::string_view section = operations_section();
  if (hash64(section) != header_.operations_checksum) {
    return Error::corruption("the checksum of a frame's row operations is wrong");
  }
  if (!all_zero(section.substr(header_.operations_bytes))) {
    return Error::corruption("a frame's row operations are not followed by zeros");
  }
  plain_.reserve(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    plain_.push_back(rows_[i].head.is_plain() ? entry(i).bytes : std::string_view());
  }
  std::uint32_t count = 0;
  for (OperationReader reader = operations(); !reader.at_end(); ++count) {
    RETURN_IF_ERROR(reader.next());
  }
  if (count != header_.operation_count) {
    return Error::corruption("a frame has another number of row operations than it says");
  }
  return {};
}

OperationReader FrameView::operations() const {
  return OperationReader(operations_section().substr(0, header_.operations_bytes), plain_);
}

std::string_view FrameView::operations_section() const {
  return bytes_.substr(header_.operations_offset());
}

std::uint64_t FrameView::row_offset(std::size_t index) const {
  return header_.table_offset() + index * kRowBytes;
}

std::string_view FrameView::row_bytes(std::size_t index) const {
  return bytes_.substr(row_offset(index), kRowBytes);
}

Entry FrameView::entry(std::size_t index) const {
  CHECK(index < rows_.size());
  const EntryRow& row = rows_[index];
  CHECK(row.distance <= row_offset(index) - kFrameHeaderBytes);
  return {row.head, bytes_.substr(row_offset(index) - row.distance, row.head.length)};
}

bool FrameView::entry_is_intact(std::size_t index) const {
  const Entry checked = entry(index);
  return hash64(checked.bytes) == checked.head.checksum;
}

Status FrameView::check_contents() const {
  std::uint64_t begin = kFrameHeaderBytes;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto damaged = [&](const char* what) {
      const EntryHead& head = rows_[i].head;
      return Error::corruption("the record with sequence " + std::to_string(head.sequence.value()) +
                               " of shard " + std::to_string(head.shard.value()) + " " + what);
    };
    if (!entry_is_intact(i)) return damaged("is damaged: its checksum is wrong");
    const std::uint64_t end = begin + rows_[i].head.length;
    begin = aligned(end);
    if (!all_zero(bytes_.substr(end, begin - end))) return damaged("is not followed by zeros");
  }
  return {};
}

Hash FrameView::leaf(std::size_t index) const {
  return merkle_leaf(row_bytes(index), entry(index).bytes);
}

Hash FrameView::frame_hash(const Hash& leaves) const {
  return Hasher()
      .add(header_bytes())
      .add(hash_bytes(leaves))
      .add(hash_bytes(hash_of(operations_section())))
      .finish();
}

}  // namespace gyre::log
