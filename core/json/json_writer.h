// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/limits.h"

namespace gyre::json {

/// Appends one JSON text to a string that it borrows. Commas are its business; balance is the caller's
/// (CHECKed). Text is escaped and must be valid UTF-8.
class Writer {
 public:
  explicit Writer(std::string& out);

  Writer& begin_object();
  Writer& end_object();
  Writer& begin_array();
  Writer& end_array();
  Writer& key(std::string_view name);
  Writer& string(std::string_view text);
  Writer& integer(std::int64_t value);
  Writer& unsigned_integer(std::uint64_t value);
  /// The shortest digits that read back as `value`, which must be finite.
  Writer& number(double value);
  Writer& boolean(bool value);
  Writer& null();
  /// Bytes that need no escaping, given as parts of one JSON string: digits, base64.
  Writer& plain_string(std::string_view text);
  /// Bytes as a string of base64.
  Writer& base64_string(std::string_view bytes);
  /// Begins an object whose first member is `name`, and comes up to its value: in one piece.
  Writer& begin_object(std::string_view name);
  /// A finished JSON value.
  Writer& raw(std::string_view json);

  // A member in one call.
  Writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }

  std::string& out() { return out_; }

 private:
  // Whatever the parser takes can be written again, also inside of something; and that is deeper than any
  // reply: 32 levels of attributes take two each, the rest of a reply some ten.
  static constexpr std::size_t kDepthMax = limits::kJsonDepthMax + 16;

  struct Level {
    bool is_object;
    bool has_element;
  };

  void before_value();
  void descend(Level level);
  void close(char bracket, bool is_object);

  std::string& out_;
  // The open objects and arrays; the first is the text as a whole.
  std::array<Level, kDepthMax + 1> levels_;
  std::size_t depth_ = 0;
  bool after_key_ = false;
};

}  // namespace gyre::json
