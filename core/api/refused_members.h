// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/request_reader.h"
#include "core/base/ids.h"
#include "core/json/shape.h"

namespace gyre::api {

using Sentences = std::vector<std::string>;

/// AWS reports no more of one request at once.
inline constexpr std::size_t kSentencesMax = 10;

/// A member of a request whose values the operation words itself, and the sentences that it then has.
struct WordedMember {
  std::string_view operation;
  std::string_view member;
  void (*add)(const RequestReader& request, const RegionId& region, Sentences& sentences) = nullptr;
};

/// What AWS's model refuses of a request whose JSON types are right, in the order of the model: "Value 'x' at
/// 'tableName' failed to satisfy constraint: Member must ...". At most kSentencesMax, as AWS.
/// `worded`: those of this operation.
Sentences refused_members(const json::Shape& input, const RequestReader& request, const RegionId& region,
                          std::span<const WordedMember> worded = {});

/// kValidation with the first of these sentences: the members of an operation that has no other words.
Status check_members(const json::Shape& input, const RequestReader& request, const RegionId& region);

}  // namespace gyre::api
