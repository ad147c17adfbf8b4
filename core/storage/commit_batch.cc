// SPDX-License-Identifier: Apache-2.0
#include "core/storage/commit_batch.h"

#include "core/base/bytes.h"
#include "core/base/check.h"

namespace gyre::storage {
namespace {

// What a row takes beside its bytes, at most.
constexpr std::size_t kRowOverheadBytes = 32;

}  // namespace

std::uint32_t CommitBatch::add_record(const log::EntryHead& head, std::string bytes) {
  size_bytes_ += bytes.size() + log::kRowBytes;
  records_.push_back({head, std::move(bytes)});
  return static_cast<std::uint32_t>(records_.size() - 1);
}

void CommitBatch::put(Family family, std::string key, std::string value, const log::Reference& tail) {
  CHECK(tail.length == 0 || tail.entry < records_.size());
  size_bytes_ += key.size() + value.size() + tail.length + kRowOverheadBytes;
  rows_.push_back({log::RowChange::kPut, family, std::move(key), std::move(value), tail});
}

void CommitBatch::erase(Family family, std::string key) {
  size_bytes_ += key.size() + kRowOverheadBytes;
  rows_.push_back({log::RowChange::kErase, family, std::move(key), {}});
}

void CommitBatch::erase_range(Family family, std::pair<std::string, std::string> keys) {
  size_bytes_ += keys.first.size() + keys.second.size() + kRowOverheadBytes;
  rows_.push_back({log::RowChange::kEraseRange, family, std::move(keys.first), std::move(keys.second)});
}

void CommitBatch::filled(Family family, std::string cursor_row, TableId table) {
  std::string value;
  append_u64_be(value, table.value());
  size_bytes_ += cursor_row.size() + value.size() + kRowOverheadBytes;
  rows_.push_back({log::RowChange::kFilled, family, std::move(cursor_row), std::move(value)});
}

std::vector<RowChange> CommitBatch::unlogged_rows() const {
  CHECK(records_.empty());
  std::vector<RowChange> changes;
  changes.reserve(rows_.size());
  for (const Row& row : rows_) {
    CHECK(row.kind == log::RowChange::kPut || row.kind == log::RowChange::kErase);
    changes.push_back({static_cast<ChangeOfRows>(row.kind), row.family, {row.key}, {row.value}});
  }
  return changes;
}

void CommitBatch::build(log::FrameBuilder& frame) const {
  CHECK(frame.empty());
  for (const Record& record : records_) frame.add_entry(record.head, record.bytes);
  for (const Row& row : rows_) {
    const auto family = static_cast<std::uint8_t>(row.family);
    switch (row.kind) {
      case log::RowChange::kPut:
        frame.put(family, {row.key}, {row.value, row.tail});
        break;
      case log::RowChange::kErase:
        frame.erase(family, {row.key});
        break;
      case log::RowChange::kEraseRange:
        frame.erase_range(family, {row.key}, {row.value});
        break;
      case log::RowChange::kFilled:
        frame.filled(family, {row.key}, {row.value});
        break;
    }
  }
}

}  // namespace gyre::storage
