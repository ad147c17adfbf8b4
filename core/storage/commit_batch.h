// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/engine/engine.h"
#include "core/log/frame_builder.h"

namespace gyre::storage {

/// What one commit is made of: change records, and the rows that follow from them, in order; later rows win.
/// It becomes one frame of the log. One thread at a time.
class CommitBatch {
 public:
  struct Record {
    log::EntryHead head;
    std::string bytes;
  };
  struct Row {
    log::RowChange kind;
    Family family;
    std::string key;           ///< of a range: its first key
    std::string value;         ///< of a range: the first key after it; of a fill: its table
    log::Reference tail = {};  ///< of a put: the rest of the value lies in a record
  };

  /// Answers its index, to refer to.
  std::uint32_t add_record(const log::EntryHead& head, std::string bytes);
  /// The value is `value`, and behind it what `tail` names, of a record that was added before.
  void put(Family family, std::string key, std::string value, const log::Reference& tail = {});
  void erase(Family family, std::string key);
  /// The keys from `first` on that are less than `second`.
  void erase_range(Family family, std::pair<std::string, std::string> keys);

  /// The fill with this cursor is complete and flushed (fills.h).
  void filled(Family family, std::string cursor_row, TableId table);

  const std::vector<Record>& records() const { return records_; }
  const std::vector<Row>& rows() const { return rows_; }
  bool empty() const { return records_.empty() && rows_.empty(); }
  /// What it holds in memory, and its rows in the engine, about: its frame takes less.
  std::size_t size_bytes() const { return size_bytes_; }

  /// The rows alone, of a batch without records: views of it.
  std::vector<RowChange> unlogged_rows() const;
  /// Into a builder that is empty.
  void build(log::FrameBuilder& frame) const;

 private:
  std::vector<Record> records_;
  std::vector<Row> rows_;
  std::size_t size_bytes_ = 0;
};

}  // namespace gyre::storage
