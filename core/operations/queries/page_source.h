// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/expressions/expressions.h"
#include "core/model/key.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/item_intents.h"
#include "core/storage/catalog.h"

namespace gyre::operations {

/// Which rows of a source are read.
struct RowRange {
  std::string lower;      ///< inclusive
  std::string upper;      ///< exclusive
  std::string partition;  ///< what all rows of their partition begin with; empty: they are of many

  bool holds(const std::string& row) const { return row >= lower && row < upper; }
  /// Narrows it to what comes after `row`, which it holds, in one direction.
  void start_after(const std::string& row, bool forward);
};

/// What Query, Scan and SELECT read: a table, or one of its indexes. Knows where the rows are and what
/// their keys are.
struct PageSource {
  storage::TablePointer table;
  const IndexSchema* index = nullptr;  ///< of `table`; nullptr: the table itself

  KeyAttributes keys() const;
  /// Of keys of the table and the index.
  std::vector<std::string> key_names() const;
  /// `action` on it, as far as the source alone says.
  Intent intent(std::string_view action) const;
  /// The partition key that `rows` are of, as an intent has it; empty if they are of many.
  std::vector<std::string> leading_keys(const RowRange& rows) const;
  storage::Family family() const;
  /// The rows of one partition that the condition asks for.
  RowRange rows_of(const expressions::KeyCondition& condition) const;
  /// All rows with a partition hash in [first, last].
  RowRange hash_range(std::uint64_t first, std::uint64_t last) const;
  /// LastEvaluatedKey: the keys of the row, those of the index and of the table.
  Result<AttributeMap> last_key(std::string_view row) const;
  /// Of an index: the row of the item that an entry points to.
  Result<std::string> item_row(std::string_view row) const;
};

/// `IndexName`, if it is there.
Result<std::optional<std::string>> read_index_parameter(const RequestReader& request);

/// kValidation if the table has no such index, if it cannot be read yet, or if it is a global one and
/// `consistent` is asked for.
Result<PageSource> find_page_source(const RequestReader& request, storage::TablePointer table,
                                    const std::optional<std::string>& index_name, bool consistent);

/// `ExclusiveStartKey` as a row, if there is one. kValidation: "The provided starting key is invalid".
Result<std::optional<std::string>> read_start_row(const RequestReader& request, const PageSource& source);

}  // namespace gyre::operations
