// SPDX-License-Identifier: Apache-2.0
#include "core/json/json_copy.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace gyre::json {
namespace {

void copy_members(Writer& writer, const Value& object, CopyOptions options) {
  std::vector<std::pair<std::string_view, Value>> members;
  for (MemberCursor cursor(object); !cursor.at_end(); cursor.advance()) {
    if (options.leave_out_null_members && cursor.value().is_null()) continue;
    members.emplace_back(cursor.name(), cursor.value());
  }
  if (options.sort_members) {
    std::sort(members.begin(), members.end(),
              [](const auto& one, const auto& other) { return one.first < other.first; });
  }
  writer.begin_object();
  for (const auto& [name, member] : members) {
    writer.key(name);
    copy(writer, member, options);
  }
  writer.end_object();
}

}  // namespace

void copy(Writer& writer, const Value& value, CopyOptions options) {
  switch (value.kind()) {
    case Kind::kNull:
      writer.null();
      return;
    case Kind::kBool:
      writer.boolean(value.as_bool());
      return;
    case Kind::kNumber:
      if (const auto integer = value.as_int()) {
        writer.integer(*integer);
      } else {
        writer.number(value.as_double());
      }
      return;
    case Kind::kString:
      writer.string(value.as_string());
      return;
    case Kind::kArray:
      writer.begin_array();
      for (ElementCursor cursor(value); !cursor.at_end(); cursor.advance()) {
        copy(writer, cursor.value(), options);
      }
      writer.end_array();
      return;
    case Kind::kObject:
      return copy_members(writer, value, options);
  }
}

}  // namespace gyre::json
