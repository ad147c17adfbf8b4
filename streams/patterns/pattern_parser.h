// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "streams/patterns/field_tree.h"
#include "streams/patterns/value_matching.h"

namespace gyre::streams {

/// A pattern with its `$or`s multiplied out: a record matches if, for some branch, all its tests hold.
struct ParsedPattern {
  std::vector<FieldTest> tests;
  std::vector<TestSet> branches;
};

/// kValidation, with a sentence that says what is wrong, for what is no pattern (README.md of this room), for
/// more than limits::kEventPatternCharactersMax, and if the `$or`s make more than
/// limits::kEventPatternBranchesMax branches. AWS itself answers kInvalidFilterPattern to all of them.
Result<ParsedPattern> parse_pattern(std::string_view text, PatternMode mode);

}  // namespace gyre::streams
