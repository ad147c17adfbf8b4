// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/api/refused_members.h"
#include "core/base/error.h"
#include "core/base/ids.h"
#include "core/operations/requests/api_names.h"

// Where operations differ from what the API's model says of their members.
namespace gyre::operations {

/// Adds what is wrong with some members, whatever the others are: what the very functions say that the
/// operation reads them with.
using MemberCheck = void (*)(const RequestReader& request, const RegionId& region,
                             std::vector<Error>& refused);

/// What the current style says of several members at once.
struct ToldAtOnce {
  std::string_view operation;
  /// Without this member all that the model refuses, in the older words.
  std::string_view required{};
  /// Enumerations, if two or more are refused ...
  std::span<const MemberCheck> together{};
  /// ... unless one of these is refused, which is answered alone.
  std::span<const MemberCheck> alone{};
};

/// Those of an operation; empty for most.
ToldAtOnce told_at_once_by(std::string_view operation);

/// Members that have sentences of their own in the older style too.
std::vector<api::WordedMember> worded_members_of(std::string_view operation);

}  // namespace gyre::operations
