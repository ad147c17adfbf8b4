// SPDX-License-Identifier: Apache-2.0
#include "streams/patterns/pattern_parser.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/json/json_reader.h"
#include "streams/patterns/test_parser.h"

namespace gyre::streams {
namespace {

// Names that keep `$or` from being one, if an object in its array has one: so says event-ruler, which AWS
// matches with.
constexpr std::string_view kReservedNames[] = {"exactly",
                                               "equals-ignore-case",
                                               "prefix",
                                               "suffix",
                                               "anything-but",
                                               "exists",
                                               "wildcard",
                                               "numeric",
                                               "cidr",
                                               "=",
                                               "<",
                                               "<=",
                                               ">",
                                               ">=",
                                               "regex",
                                               "not-wildcard",
                                               "not-equals-ignore-case",
                                               "date-after",
                                               "date-on-or-after",
                                               "date-before",
                                               "date-on-or-before",
                                               "in-date-range",
                                               "ip-address-in-range",
                                               "ip-address-not-in-range"};

bool has_reserved_name(const json::Value& object) {
  for (json::MemberCursor member(object); !member.at_end(); member.advance()) {
    if (std::find(std::begin(kReservedNames), std::end(kReservedNames), member.name()) !=
        std::end(kReservedNames)) {
      return true;
    }
  }
  return false;
}

// Any other `$or` is a field of this name.
bool is_or(std::string_view name, const json::Value& value) {
  if (name != "$or" || !value.is_array() || value.size() < 2) return false;
  for (json::ElementCursor element(value); !element.at_end(); element.advance()) {
    const json::Value branch = element.value();
    if (!branch.is_object() || branch.size() == 0 || has_reserved_name(branch)) return false;
  }
  return true;
}

class Compiler {
 public:
  explicit Compiler(PatternMode mode) : mode_(mode) {}

  Result<ParsedPattern> compile(const json::Value& pattern) {
    if (!pattern.is_object()) return Error::validation("the pattern is not an object");
    std::vector<TestSet> branches(1);
    RETURN_IF_ERROR(add_object(pattern, "", branches));
    parsed_.branches = std::move(branches);
    return std::move(parsed_);
  }

 private:
  // The parser bounds the nesting.
  Status add_object(const json::Value& object, const std::string& prefix, std::vector<TestSet>& branches) {
    if (object.size() == 0) return Error::validation("empty objects are not allowed");
    return object.for_each_member([&](std::string_view name, const json::Value& value) -> Status {
      if (is_or(name, value)) return add_or(value, prefix, branches);
      const std::string path = prefix + std::string(name);
      if (value.is_object()) return add_object(value, path + ".", branches);
      if (value.is_array()) return add_field(value, path, branches);
      return Error::validation(fmt::format("\"{}\" must be an object or an array", name));
    });
  }

  Status add_or(const json::Value& alternatives, const std::string& prefix, std::vector<TestSet>& branches) {
    const std::vector<TestSet> before = std::exchange(branches, {});
    return alternatives.for_each_element([&](const json::Value& alternative) -> Status {
      std::vector<TestSet> more = before;
      RETURN_IF_ERROR(add_object(alternative, prefix, more));
      if (branches.size() + more.size() > limits::kEventPatternBranchesMax) {
        return Error::validation("the pattern is too complex: \"$or\" multiplies out to too many branches");
      }
      branches.insert(branches.end(), more.begin(), more.end());
      return {};
    });
  }

  Status add_field(const json::Value& array, const std::string& path, std::vector<TestSet>& branches) {
    ASSIGN_OR_RETURN(std::vector<ValueTest> alternatives, read_alternatives(array, mode_));
    for (std::size_t other = 0; other < parsed_.tests.size(); ++other) {
      if (parsed_.tests[other].path != path) continue;
      for (const TestSet& branch : branches) {
        if (branch.test(other)) return Error::validation(fmt::format("\"{}\" is there twice", path));
      }
    }
    const std::size_t test = parsed_.tests.size();
    CHECK(test < kFieldTestsMax);  // the text is too short for so many
    parsed_.tests.push_back({path, std::move(alternatives)});
    for (TestSet& branch : branches) branch.set(test);
    return {};
  }

  const PatternMode mode_;
  ParsedPattern parsed_;
};

}  // namespace

Result<ParsedPattern> parse_pattern(std::string_view text, PatternMode mode) {
  const auto characters = static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
  if (characters > limits::kEventPatternCharactersMax ||
      text.size() > 4 * limits::kEventPatternCharactersMax) {
    return Error::validation(
        fmt::format("a pattern has at most {} characters", limits::kEventPatternCharactersMax));
  }
  json::Parser parser;
  const Result<json::Value> value = parser.parse(text);
  if (!value.ok()) return Error::validation("the pattern is not JSON");
  return Compiler(mode).compile(*value);
}

}  // namespace gyre::streams
