// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "core/json/json_reader.h"
#include "core/json/number_text.h"
#include "core/model/number.h"
#include "streams/patterns/fold_case.h"
#include "streams/patterns/value_matching.h"

// What a pattern means, the slow way: the event as a list of fields, the pattern as a list of branches, and
// every way to pick elements of arrays tried. For tests and fuzzers. Patterns are ones that the parser took.
namespace gyre::streams::oracle {

using Membership = std::vector<std::pair<int, int>>;  // arrays that the field is in, and its element of each
struct Field {
  std::string path;
  json::Value value;
  Membership arrays;
};

class Event {
 public:
  explicit Event(const json::Value& event) { add("", event, {}); }
  const std::vector<Field>& fields() const { return fields_; }

 private:
  // `prefix` ends with a dot, but for the event's own.
  void add(const std::string& prefix, const json::Value& value, const Membership& arrays) {
    if (value.is_object()) {
      for (json::MemberCursor member(value); !member.at_end(); member.advance()) {
        add(prefix + std::string(member.name()) + ".", member.value(), arrays);
      }
    } else if (value.is_array()) {
      const int array = count_++;
      int index = 0;
      for (json::ElementCursor element(value); !element.at_end(); element.advance()) {
        Membership inside = arrays;
        inside.emplace_back(array, index++);
        add(prefix, element.value(), inside);
      }
    } else {
      fields_.push_back({prefix.substr(0, prefix.size() - 1), value, arrays});
    }
  }

  std::vector<Field> fields_;
  int count_ = 0;
};

/// True if the path's value is a number in typed mode: it stands under the tag N or NS, within an image.
inline bool is_typed_number(const std::string& path, PatternMode mode) {
  const bool image = path.starts_with("dynamodb.Keys.") || path.starts_with("dynamodb.NewImage.") ||
                     path.starts_with("dynamodb.OldImage.");
  return mode == PatternMode::kTyped && image && (path.ends_with(".N") || path.ends_with(".NS"));
}

inline std::optional<Number> number_of(const json::Value& value) {
  const Result<Number> number =
      Number::parse(value.is_string() ? std::string(value.as_string()) : json::number_text(value));
  return number.ok() ? std::optional(*number) : std::nullopt;
}

inline std::optional<Number> number_of(const Field& field, PatternMode mode) {
  const bool number = field.value.kind() == json::Kind::kNumber;
  if (!number && !is_typed_number(field.path, mode)) return std::nullopt;
  return number_of(field.value);
}

inline bool equals(const json::Value& wanted, const Field& field, PatternMode mode, bool by_spelling) {
  const json::Value& value = field.value;
  if (wanted.kind() == json::Kind::kNumber) {
    const auto number = number_of(field, mode);
    if (!number || number_of(wanted) != number) return false;
    return !by_spelling || value.is_string() ||
           json::written_as_integer(wanted) == json::written_as_integer(value);
  }
  if (wanted.kind() != value.kind()) return false;
  if (value.is_string()) return wanted.as_string() == value.as_string();
  if (value.kind() == json::Kind::kBool) return wanted.as_bool() == value.as_bool();
  return value.is_null();
}

inline bool compares(const json::Value& terms, const Number& number) {
  for (json::ElementCursor cursor(terms); !cursor.at_end(); cursor.advance()) {
    const std::string_view op = cursor.value().as_string();
    cursor.advance();
    const Number bound = *number_of(cursor.value());
    const bool holds = op == "="    ? number == bound
                       : op == "<"  ? number < bound
                       : op == "<=" ? number <= bound
                       : op == ">"  ? number > bound
                                    : number >= bound;
    if (!holds) return false;
  }
  return true;
}

inline bool holds(const json::Value& test, const Field& field, PatternMode mode) {
  if (!test.is_object()) return equals(test, field, mode, true);
  const json::MemberCursor member(test);
  const std::string_view name = member.name();
  const json::Value operand = member.value();
  const std::string_view text = field.value.is_string() ? field.value.as_string() : std::string_view();
  if (name == "exists") return operand.as_bool();
  if (name == "numeric") {
    const auto number = number_of(field, mode);
    return number && compares(operand, *number);
  }
  if (name == "anything-but") {
    if (!operand.is_array()) return !equals(operand, field, mode, false);
    for (json::ElementCursor one(operand); !one.at_end(); one.advance()) {
      if (equals(one.value(), field, mode, false)) return false;
    }
    return true;
  }
  if (!field.value.is_string()) return false;
  if (name == "equals-ignore-case") return equal_ignoring_case(text, operand.as_string());
  const bool prefix = name == "prefix";
  if (operand.is_string()) {
    return prefix ? text.starts_with(operand.as_string()) : text.ends_with(operand.as_string());
  }
  const std::string_view affix = json::MemberCursor(operand).value().as_string();
  return prefix ? starts_with_ignoring_case(text, affix) : ends_with_ignoring_case(text, affix);
}

using Branch = std::map<std::string, json::Value>;  // the array of each field

inline void expand(const json::Value& object, const std::string& prefix, std::vector<Branch>& branches) {
  for (json::MemberCursor member(object); !member.at_end(); member.advance()) {
    const json::Value value = member.value();
    const std::string path = prefix + std::string(member.name());
    bool is_or = member.name() == "$or" && value.is_array() && value.size() > 1;
    if (is_or) {
      for (json::ElementCursor one(value); !one.at_end(); one.advance()) is_or &= one.value().is_object();
      // An operator as a branch makes it a plain field.
      for (json::ElementCursor one(value); is_or && !one.at_end(); one.advance()) {
        for (json::MemberCursor inside(one.value()); !inside.at_end(); inside.advance()) {
          for (const std::string_view reserved :
               {"prefix", "suffix", "anything-but", "exists", "numeric", "equals-ignore-case"}) {
            is_or &= inside.name() != reserved;
          }
        }
      }
    }
    if (is_or) {
      const std::vector<Branch> before = std::exchange(branches, {});
      for (json::ElementCursor one(value); !one.at_end(); one.advance()) {
        std::vector<Branch> more = before;
        expand(one.value(), prefix, more);
        branches.insert(branches.end(), more.begin(), more.end());
      }
    } else if (value.is_object()) {
      expand(value, path + ".", branches);
    } else {
      for (Branch& branch : branches) branch.insert_or_assign(path, value);
    }
  }
}

inline bool consistent(const Membership& a, const Membership& b) {
  for (const auto& [array, index] : a) {
    for (const auto& [other, at] : b) {
      if (array == other && index != at) return false;
    }
  }
  return true;
}

inline bool branch_holds(Branch::const_iterator at, Branch::const_iterator end, const Event& event,
                         PatternMode mode, const std::vector<const Field*>& picked) {
  if (at == end) return true;
  const auto& [path, tests] = *at;
  bool present = false;
  for (const Field& field : event.fields()) {
    if (field.path != path) continue;
    present = true;
    bool fits = true;
    for (const Field* other : picked) fits &= consistent(field.arrays, other->arrays);
    if (!fits) continue;
    for (json::ElementCursor test(tests); !test.at_end(); test.advance()) {
      if (!holds(test.value(), field, mode)) continue;
      std::vector<const Field*> more = picked;
      more.push_back(&field);
      if (branch_holds(std::next(at), end, event, mode, more)) return true;
      break;
    }
  }
  if (present) return false;
  for (json::ElementCursor test(tests); !test.at_end(); test.advance()) {
    if (!test.value().is_object()) continue;
    const json::MemberCursor member(test.value());
    if (member.name() == "exists" && !member.value().as_bool()) {
      return branch_holds(std::next(at), end, event, mode, picked);
    }
  }
  return false;
}

/// Does the event match the pattern? Takes exponential time.
inline bool matches(const std::string& pattern, const std::string& event, PatternMode mode) {
  json::Parser pattern_parser;
  json::Parser event_parser;
  const json::Value pattern_value = pattern_parser.parse(pattern).value();
  const Event fields(event_parser.parse(event).value());
  std::vector<Branch> branches(1);
  expand(pattern_value, "", branches);
  for (const Branch& branch : branches) {
    if (branch_holds(branch.begin(), branch.end(), fields, mode, {})) return true;
  }
  return false;
}

}  // namespace gyre::streams::oracle
