// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/model/table_schema.h"

namespace gyre::storage {

/// How many rows, and DynamoDB's size of them.
struct RowCount {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  bool operator==(const RowCount&) const = default;
};

/// What a write changes of a RowCount.
struct RowDelta {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
  bool zero() const { return rows == 0 && bytes == 0; }
};

/// The rows of a table and of its secondary indexes. Exact: the writer keeps it in the batches that change
/// the rows. A value.
struct TableCounts {
  RowCount items;
  std::map<IndexId, RowCount> indexes;  ///< those that have entries
  bool operator==(const TableCounts&) const = default;
};

/// Takes `delta` over. A count that would fall below zero becomes zero, and an alarm is logged: a wrong count
/// must not end the region.
void add_delta(RowCount& count, const RowDelta& delta);

/// The same, modulo 2^64: of an index that is being built (fills.h), whose count lacks what the build put.
void add_wrapping(RowCount& count, const RowDelta& delta);

/// The row's value. Format: core/storage/README.md.
std::string encode_table_counts(const TableCounts& counts);
Result<TableCounts> decode_table_counts(std::string_view bytes);

/// Counts by reading every row: for tables of stores that have no counts yet. Seconds for each million rows.
Result<TableCounts> count_rows(const Engine& engine, const TableSchema& table);

/// How many entries an index has beyond what the table's row says of it, at one moment: what its build put.
/// Reads every entry. nullopt: `interrupted` became true meanwhile.
Result<std::optional<RowDelta>> uncounted_entries(const Engine& engine, TableId table, IndexId index,
                                                  const std::atomic<bool>& interrupted);

}  // namespace gyre::storage
