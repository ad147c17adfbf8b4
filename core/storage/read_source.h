// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/model/attribute_value.h"
#include "core/model/key.h"
#include "core/storage/catalog.h"

namespace gyre::storage {

/// Which rows of a source are read. Its texts, and the places of rows (SourceRows::place), sort as the rows
/// do; what is in them is this room's.
struct RowRange {
  std::string lower;      ///< inclusive
  std::string upper;      ///< exclusive
  std::string partition;  ///< what all rows of their partition begin with; empty: they are of many

  bool holds(std::string_view place) const { return place >= lower && place < upper; }
  /// Narrows it to what comes after `place`, which it holds, in one direction.
  void start_after(const std::string& place, bool forward);
  /// Can nothing come after `place`, which it holds, in one direction?
  bool ends_at(const std::string& place, bool forward) const;
};

/// What Query, Scan and SELECT read: a table, or one of its indexes. Knows where the rows are and what their
/// keys are.
struct ReadSource {
  TablePointer table;
  const IndexSchema* index = nullptr;  ///< of `table`; nullptr: the table itself

  KeyAttributes keys() const;
  /// The rows of one partition. The bounds are encoded sort keys, or what some begin with: [lower, upper).
  RowRange partition_rows(const std::string& partition_key, const std::optional<std::string>& sort_lower,
                          const std::optional<std::string>& sort_upper) const;
  /// The row of an item of a table without sort key.
  RowRange item_rows(const std::string& partition_key) const;
  /// All rows with a partition hash in [first, last].
  RowRange hash_range(std::uint64_t first, std::uint64_t last) const;
  /// The partition key that `rows` are of, encoded; empty if they are of many.
  std::string_view partition_key(const RowRange& rows) const;

  /// Where the row with these keys is, or would be. Without an index, `index_key` is not looked at.
  std::string place_of(const ItemKey& index_key, const ItemKey& item_key) const;
  /// The keys at a place, those of the index and of the table. kCorruption if it is none of the source.
  Result<AttributeMap> keys_at(std::string_view place) const;
};

}  // namespace gyre::storage
