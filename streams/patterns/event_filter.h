// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/work.h"
#include "core/storage/change_record.h"
#include "streams/patterns/field_tree.h"
#include "streams/patterns/pattern_parser.h"
#include "streams/patterns/value_matching.h"
#include "streams/record_json.h"

namespace gyre::streams {

/// What AWS Lambda's API says of a pattern that it does not take.
inline constexpr std::string_view kInvalidFilterPattern = "Invalid filter pattern definition.";

/// Which records a consumer wants: those that match one of its patterns (AWS Lambda's FilterCriteria, in
/// EventBridge's pattern language; README.md of this room). They are matched as if against the record that
/// write_lambda_record() writes. A value; pure; any thread.
class EventFilter {
 public:
  /// Without patterns: everything matches.
  EventFilter() = default;
  /// kValidation: more than limits::kEventFiltersMax patterns, or one that parse_pattern() does not take.
  static Result<EventFilter> compile(std::span<const std::string> patterns,
                                     PatternMode mode = PatternMode::kAws);

  /// The record is one that users see (visible_to_users). kIncomplete if it takes more than `work` has left;
  /// kCorruption if an image of our own does not decode.
  Result<bool> matches(const storage::ChangeRecord& record, const RecordView& view, Work& work) const;

 private:
  struct Pattern {
    ParsedPattern parsed;
    FieldTree fields;
  };

  PatternMode mode_ = PatternMode::kAws;
  std::vector<Pattern> patterns_;
};

}  // namespace gyre::streams
