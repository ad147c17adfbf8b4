// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/expressions/expressions.h"
#include "core/model/key.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/item_intents.h"
#include "core/storage/catalog.h"
#include "core/storage/read_source.h"

namespace gyre::operations {

using storage::RowRange;

/// What Query, Scan and SELECT read, and what their intents say of it.
struct PageSource : storage::ReadSource {
  /// Of keys of the table and the index.
  std::vector<std::string> key_names() const;
  /// `action` on it, as far as the source alone says.
  Intent intent(std::string_view action) const;
  /// The partition key that `rows` are of, as an intent has it; empty if they are of many.
  std::vector<std::string> leading_keys(const RowRange& rows) const;
  /// The rows of one partition that the condition asks for.
  RowRange rows_of(const expressions::KeyCondition& condition) const;
};

/// `IndexName`, if it is there.
Result<std::optional<std::string>> read_index_parameter(const RequestReader& request);

/// kValidation if the table has no such index, if it cannot be read yet, or if it is a global one and
/// `consistent` is asked for.
Result<PageSource> find_page_source(const RequestReader& request, storage::TablePointer table,
                                    const std::optional<std::string>& index_name, bool consistent);

/// `ExclusiveStartKey` as the place of a row, if there is one. kValidation: "The provided starting key is
/// invalid".
Result<std::optional<std::string>> read_start_row(const RequestReader& request, const PageSource& source);

}  // namespace gyre::operations
