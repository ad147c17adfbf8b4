// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/ids.h"
#include "core/operations/requests/api_names.h"

// What AWS's model refuses of a request, member by member.
namespace gyre::operations {

/// Adds what is wrong with some members, whatever the others are: what the very functions say that the
/// operation reads them with.
using MemberCheck = void (*)(const RequestReader& request, const RegionId& region,
                             std::vector<Error>& refused);

/// The checks of one operation, in the order of their sentences. AWS's own is that of a hash table; where a
/// pair was measured, it is kept.
struct MemberChecks {
  std::string_view operation;
  std::span<const MemberCheck> all{};
  /// Without this member, `all` are told at once, in the older words, in either style.
  std::string_view required{};
  /// What the current style tells at once: enumerations ...
  std::span<const MemberCheck> together{};
  /// ... unless one of these is refused, which it tells alone.
  std::span<const MemberCheck> alone{};
};

/// Those of an operation; nothing to check if it has no such members.
MemberChecks member_checks_of(std::string_view operation);

}  // namespace gyre::operations
