// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/check.h"
#include "core/base/limits.h"
#include "core/json/json_copy.h"
#include "core/json/json_reader.h"
#include "core/json/json_writer.h"

// Requests as no client should send them, made from some that are right.
namespace gyre::json {

inline std::string repeated(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

inline std::string nested(std::string_view open, std::string_view inside, std::string_view close,
                          std::size_t levels) {
  return repeated(open, levels).append(inside) + repeated(close, levels);
}

/// What a value may be replaced by: wrong types, ends of ranges, names and texts that are too long, and
/// depths around those that an item and the parser take.
inline std::vector<std::string> hostile_values() {
  const std::string name(70'000, 'n');
  std::vector<std::string> values = {"null",
                                     "true",
                                     "0",
                                     "-1",
                                     "1.5",
                                     "1e308",
                                     "9223372036854775807",
                                     "18446744073709551615",
                                     R"("")",
                                     R"("\u0000")",
                                     R"("a")",
                                     R"("\"\\\n")",
                                     "[]",
                                     "{}",
                                     "[null]",
                                     "[[]]",
                                     "[{}]",
                                     R"({"":null})",
                                     R"({"":{"S":""}})",
                                     R"({"a":{}})",
                                     R"({"S":""})",
                                     R"({"N":"1e999"})",
                                     R"({"N":""})",
                                     R"({"B":"!"})",
                                     R"({"SS":["a","a"]})",
                                     R"({"L":[{"S":"a"},{"N":"1"}]})",
                                     R"({"M":{"":{"NULL":true}}})",
                                     R"({"S":"a","N":"1"})",
                                     "\"" + name + "\"",
                                     R"({"S":")" + name + "\"}",
                                     "{\"" + name + R"(":{"S":"a"}})",
                                     "[\"" + name + "\"]",
                                     R"({"M":{")" + name + R"(":{"S":"a"}}})",
                                     "[" + repeated("{},", 300) + "{}]",
                                     "[" + repeated(R"({"S":"a"},)", 300) + R"({"S":"a"}])",
                                     R"({"L":[)" + repeated(R"({"S":"a"},)", 300) + R"({"S":"a"}]})"};
  for (const std::size_t levels : {30, 31, 32, 33, 50}) {
    values.push_back(nested(R"({"L":[)", R"({"S":"a"})", "]}", levels));
    values.push_back(nested(R"({"M":{"a":)", R"({"S":"a"})", "}}", levels));
  }
  return values;
}

/// Values around the depth that the parser takes, wherever in a request they are.
inline std::vector<std::string> deep_values() {
  std::vector<std::string> values = {"1", nested(R"({"a":)", "1", "}", limits::kJsonDepthMax - 9)};
  for (std::size_t levels = limits::kJsonDepthMax - 12; levels <= limits::kJsonDepthMax; ++levels) {
    values.push_back(nested("[", "", "]", levels));
  }
  return values;
}

/// Writes a text again with one change at one of its parts, counted from the front.
class Mutant {
 public:
  enum class Change { kReplaced, kMemberAdded };

  Mutant(Change change, std::size_t at, std::string_view json) : change_(change), at_(at), json_(json) {}

  std::string of(const Value& text) {
    std::string out;
    Writer writer(out);
    write(writer, text);
    return out;
  }
  /// Is there such a part, for such a change?
  bool made() const { return made_; }
  std::size_t parts() const { return seen_; }

 private:
  void write(Writer& writer, const Value& value) {
    const bool here = seen_++ == at_;
    if (here && change_ == Change::kReplaced) {
      made_ = true;
      writer.raw(json_);
    } else if (value.is_object()) {
      writer.begin_object();
      for (MemberCursor cursor(value); !cursor.at_end(); cursor.advance()) {
        writer.key(cursor.name());
        write(writer, cursor.value());
      }
      if (here) {
        made_ = true;
        writer.key("Unknown").raw(json_);
      }
      writer.end_object();
    } else if (value.is_array()) {
      writer.begin_array();
      for (ElementCursor cursor(value); !cursor.at_end(); cursor.advance()) write(writer, cursor.value());
      writer.end_array();
    } else {
      copy(writer, value);
    }
  }

  const Change change_;
  const std::size_t at_;
  const std::string_view json_;
  std::size_t seen_ = 0;
  bool made_ = false;
};

/// Calls `visit(text)` for each object that is `valid` but for one change: a part of it is another value, or
/// an object in it has one member more, which nobody knows.
template <class Visit>
void for_each_mutant(std::string_view valid, Visit&& visit) {
  Parser parser;
  const Result<Value> request = parser.parse(valid);
  CHECK(request.ok());
  std::vector<std::string> values = hostile_values();
  const std::vector<std::string> deep = deep_values();
  values.insert(values.end(), deep.begin(), deep.end());
  Mutant none(Mutant::Change::kReplaced, SIZE_MAX, "");
  none.of(*request);
  for (std::size_t at = 0; at < none.parts(); ++at) {
    for (const auto change : {Mutant::Change::kReplaced, Mutant::Change::kMemberAdded}) {
      for (const std::string& value : change == Mutant::Change::kReplaced ? values : deep) {
        if (at == 0 && change == Mutant::Change::kReplaced && !value.starts_with("{"))
          continue;  // no request
        Mutant mutant(change, at, value);
        const std::string text = mutant.of(*request);
        if (!mutant.made()) break;
        visit(text);
      }
    }
  }
}

}  // namespace gyre::json
