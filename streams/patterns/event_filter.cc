// SPDX-License-Identifier: Apache-2.0
#include "streams/patterns/event_filter.h"

#include <fmt/core.h>

#include <utility>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "streams/patterns/record_walk.h"

namespace gyre::streams {

Result<EventFilter> EventFilter::compile(std::span<const std::string> patterns, PatternMode mode) {
  if (patterns.size() > limits::kEventFiltersMax) {
    return Error::validation(fmt::format("at most {} filters", limits::kEventFiltersMax));
  }
  EventFilter filter;
  filter.mode_ = mode;
  for (const std::string& text : patterns) {
    ASSIGN_OR_RETURN(ParsedPattern parsed, parse_pattern(text, mode));
    FieldTree fields(parsed.tests);
    filter.patterns_.push_back({std::move(parsed), std::move(fields)});
  }
  return filter;
}

Result<bool> EventFilter::matches(const storage::ChangeRecord& record, const RecordView& view,
                                  Work& work) const {
  CHECK(visible_to_users(record));
  if (patterns_.empty()) return true;
  for (const Pattern& pattern : patterns_) {
    ASSIGN_OR_RETURN(const MatchScope scope,
                     walk_record(pattern.fields, pattern.parsed.tests, mode_, record, view, work));
    for (const TestSet& branch : pattern.parsed.branches) {
      if (satisfies(scope, branch, work)) return true;
      if (work.used_up()) return too_much_work();
    }
  }
  return false;
}

}  // namespace gyre::streams
