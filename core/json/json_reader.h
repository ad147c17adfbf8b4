// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre::json {

class Value;

/// Parses one JSON text at a time. Keeps its buffers (but for giant ones), so one per I/O thread. Values and
/// their views hold until the next parse() or the end of the Parser.
class Parser {
 public:
  Parser();
  ~Parser();
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  /// kSerialization on malformed text, on nesting too deep to be any request, on a name that occurs twice in
  /// one object, and on invalid UTF-8; without a message, as AWS answers. kRequestTooLarge beyond 16 MB.
  /// `text` is copied.
  Result<Value> parse(std::string_view text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };

/// A view of one JSON value inside its Parser. Cheap to copy.
class Value {
 public:
  Kind kind() const;
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_object() const { return kind() == Kind::kObject; }
  bool is_array() const { return kind() == Kind::kArray; }
  bool is_string() const { return kind() == Kind::kString; }

  // Each is a bug to call on another kind.
  bool as_bool() const;
  std::string_view as_string() const;
  /// Of a number: its value if it is an integer that fits; nullopt otherwise.
  std::optional<std::int64_t> as_int() const;
  double as_double() const;

  /// Of an object: the member, or nullopt. A member that is JSON null counts as absent, as for AWS.
  std::optional<Value> find(std::string_view name) const;
  /// Of an array or object: the number of elements or members.
  std::size_t size() const;

  /// Of an array: calls `visit(Value) -> Status` for each element until one fails.
  template <class Visit>
  Status for_each_element(Visit&& visit) const;
  /// Of an object: calls `visit(string_view name, Value) -> Status` in the order of the text.
  template <class Visit>
  Status for_each_member(Visit&& visit) const;

 private:
  friend class Parser;
  friend struct Access;
  friend class ElementCursor;
  friend class MemberCursor;
  std::array<std::uint64_t, 2> handle_{};  // a simdjson element, hidden
};

/// Steps through an array's elements.
class ElementCursor {
 public:
  explicit ElementCursor(const Value& array);
  bool at_end() const;
  Value value() const;
  void advance();

 private:
  std::array<std::uint64_t, 4> handle_{};
};

/// Steps through an object's members.
class MemberCursor {
 public:
  explicit MemberCursor(const Value& object);
  bool at_end() const;
  std::string_view name() const;
  Value value() const;
  void advance();

 private:
  std::array<std::uint64_t, 4> handle_{};
};

template <class Visit>
Status Value::for_each_element(Visit&& visit) const {
  for (ElementCursor cursor(*this); !cursor.at_end(); cursor.advance()) {
    RETURN_IF_ERROR(visit(cursor.value()));
  }
  return {};
}

template <class Visit>
Status Value::for_each_member(Visit&& visit) const {
  for (MemberCursor cursor(*this); !cursor.at_end(); cursor.advance()) {
    RETURN_IF_ERROR(visit(cursor.name(), cursor.value()));
  }
  return {};
}

}  // namespace gyre::json
