// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace gyre::audit {

enum class DifferenceKind { kAdded, kChanged, kRemoved };

/// What a change did to one attribute.
struct Difference {
  DifferenceKind kind = DifferenceKind::kChanged;
  std::string
      path;  ///< "mayor"; members of maps apart: "address.city"; names with dots are quoted as JSON is
  std::string before;  ///< DynamoDB JSON; empty: it was not there
  std::string after;   ///< likewise: it is not there
  bool operator==(const Difference&) const = default;
};

/// In the order of the names. Of items as encode_item writes them; empty: no item. Maps are compared member
/// by member, everything else as a whole. kCorruption: they do not decode.
Result<std::vector<Difference>> item_differences(std::string_view old_image, std::string_view new_image);

}  // namespace gyre::audit
