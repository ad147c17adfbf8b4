// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/storage/item_row.h"

namespace gyre::operations {

inline constexpr std::string_view kRepeatedKeys = "Provided list of item keys contains duplicates";
inline constexpr std::string_view kRepeatedActions =
    "Transaction request cannot include multiple operations on one item";

/// Refuses a request that names one item twice. Lives while the request is parsed or bound.
class DistinctItems {
 public:
  /// `refusal`: a literal, what is said of a second mention.
  explicit DistinctItems(std::string_view refusal) : refusal_(refusal) {}

  /// kValidation if it was added before.
  Status add(storage::ItemRow row) {
    if (rows_.insert(std::move(row)).second) return {};
    return Error::validation(std::string(refusal_));
  }
  std::size_t size() const { return rows_.size(); }

 private:
  const std::string_view refusal_;
  std::set<storage::ItemRow> rows_;
};

}  // namespace gyre::operations
