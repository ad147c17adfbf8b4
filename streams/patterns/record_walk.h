// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/base/work.h"
#include "core/storage/change_record.h"
#include "streams/patterns/field_tree.h"
#include "streams/record_json.h"

namespace gyre::streams {

// Lists and sets are arrays, and the tests of a pattern that look into one array must hold in one and the
// same element of it (event-ruler, "JSON array matching"). So what a record meets is a tree: outside of
// arrays, and in each element of each array.

struct ArrayScope;
struct MatchScope {
  TestSet met;
  std::vector<ArrayScope> arrays;  ///< one for each field that is an array
};
struct ArrayScope {
  const FieldTree::Node* field = nullptr;
  std::vector<MatchScope> elements;  ///< those that meet anything
};

/// Which tests a record meets, and where. It is read as it is encoded: no JSON is made. kIncomplete if it
/// takes more than `work` has left; kCorruption if an image does not decode.
Result<MatchScope> walk_record(const FieldTree& tree, const std::vector<FieldTest>& tests, PatternMode mode,
                               const storage::ChangeRecord& record, const RecordView& view, Work& work);

/// True if all tests that are needed hold together.
bool satisfies(const MatchScope& scope, TestSet needed, Work& work);

}  // namespace gyre::streams
