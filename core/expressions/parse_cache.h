// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/base/bounded_cache.h"
#include "core/base/result.h"
#include "core/expressions/expressions.h"

namespace gyre::expressions {

/// Expressions that were parsed and checked before, by their kind and text. Programs send the same few texts
/// again and again; what a tree takes from the request beside its text is little, and is compared at each
/// hit: the attributes that its "#names" mean, and the types of its ":values". If that is the same, the
/// tree is the same, and only the values are new. Otherwise, and whenever something could be wrong with the
/// expression, it is parsed as ever, so that answers and errors are those of Condition::parse() and its kin.
/// Errors are not kept.
///
/// For one thread; what it hands out may be used by any.
class ParseCache {
 public:
  /// Both bounds hold for each kind: conditions of all sorts, updates, projections.
  ParseCache(std::size_t entries_max, std::size_t bytes_max);
  ~ParseCache();

  Result<Condition> condition(std::string_view parameter, std::string_view text, Placeholders& placeholders);
  Result<std::vector<AttributeCondition>> key_conditions(std::string_view text, Placeholders& placeholders);
  Result<Update> update(std::string_view text, Placeholders& placeholders);
  Result<Projection> projection(std::string_view text, Placeholders& placeholders);

  /// How many were not parsed.
  std::size_t hits() const { return hits_; }

 private:
  struct KeptCondition;
  struct KeptUpdate;
  struct KeptProjection;

  Result<SharedCondition> shared_condition(std::string_view parameter, std::string_view text,
                                           Placeholders& placeholders);

  BoundedCache<KeptCondition> conditions_;
  BoundedCache<KeptUpdate> updates_;
  BoundedCache<KeptProjection> projections_;
  std::size_t hits_ = 0;
};

}  // namespace gyre::expressions
