// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/log/entry.h"
#include "core/log/frame_header.h"
#include "core/log/row_operation.h"

namespace gyre::log {

/// What whoever commits says of a frame; the rest of its header is the log's own.
struct CommitStamp {
  SequenceNumber last_sequence{};  ///< at least that of the last entry
  HybridTime last_stamp = 0;
  std::uint64_t commit_time_ms = 0;
};

/// Builds one frame after another, each in one buffer that is ready for one write. One thread at a time. What
/// is put in is copied once.
class FrameBuilder {
 public:
  FrameBuilder();

  /// `head`: checksum and length are filled in here. Sequences rise. Answers the entry's index, to refer to.
  std::uint32_t add_entry(EntryHead head, std::string_view stored_bytes);
  /// References are to plain entries that were added before, and within them.
  void put(std::uint8_t family, const RowBytes& key, const RowBytes& value);
  void erase(std::uint8_t family, const RowBytes& key);
  void erase_range(std::uint8_t family, const RowBytes& first, const RowBytes& end);
  void filled(std::uint8_t family, const RowBytes& key, const RowBytes& value);

  bool empty() const { return rows_.empty() && operation_count_ == 0; }
  const std::vector<EntryRow>& rows() const { return rows_; }
  /// Of the whole frame, as it is now.
  std::uint64_t frame_bytes() const;
  /// The frame. `header`: epoch, term, number, synced_through and chain are the log's; what follows from the
  /// contents is filled in here. The builder is empty again.
  std::string finish(FrameHeader& header, const CommitStamp& stamp, std::uint64_t salt);
  void clear();

 private:
  void add_operation(RowChange change, std::uint8_t family, const RowBytes& key, const RowBytes& value);
  void check_reference(const Reference& reference) const;

  std::string frame_;  // room for the header, and the contents
  std::vector<EntryRow> rows_;
  std::vector<std::uint64_t> offsets_;  // of the entries' bytes in frame_
  std::string operations_;
  std::uint32_t operation_count_ = 0;
};

}  // namespace gyre::log
