// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/log/checksums.h"
#include "core/log/entry.h"
#include "core/log/frame_header.h"
#include "core/log/row_operation.h"

namespace gyre::log {

/// A frame in memory that somebody else keeps. Any thread.
class FrameView {
 public:
  /// Outside bytes may be anything: kCorruption says what is wrong. After it, header, table and row
  /// operations are as they were written; the entries' bytes still have to be looked at (check_contents, or
  /// entry_is_intact of those that are wanted).
  static Result<FrameView> read(std::string_view bytes, std::uint64_t salt);

  const FrameHeader& header() const { return header_; }
  std::string_view bytes() const { return bytes_; }
  std::string_view header_bytes() const { return bytes_.substr(0, kFrameHeaderBytes); }
  std::string_view operations_section() const;

  std::size_t entry_count() const { return rows_.size(); }
  const EntryHead& head(std::size_t index) const { return rows_[index].head; }
  Entry entry(std::size_t index) const;
  std::string_view row_bytes(std::size_t index) const;
  /// Where the row of an entry begins, in the frame.
  std::uint64_t row_offset(std::size_t index) const;
  bool entry_is_intact(std::size_t index) const;
  /// Every byte of the contents is as it was written.
  Status check_contents() const;

  /// Reads them in order; none of them can be damaged any more.
  OperationReader operations() const;
  /// A leaf of the Merkle tree.
  Hash leaf(std::size_t index) const;
  /// `leaves`: the hash of the leaves of all entries, in order.
  Hash frame_hash(const Hash& leaves) const;

 private:
  FrameView() = default;
  Status read_table();
  Status check_operations();

  std::string_view bytes_;
  FrameHeader header_;
  std::vector<EntryRow> rows_;
  std::vector<std::string_view> plain_;  // of each entry the bytes that may be referred to
};

}  // namespace gyre::log
