// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::json {

/// Appends JSON to a string that it borrows. Commas are its business; balance is the caller's (CHECKed). Text is escaped
/// and must be valid UTF-8.
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
  Writer& number(double value);
  Writer& boolean(bool value);
  Writer& null();
  /// Bytes that need no escaping, given as parts of one JSON string: digits, base64.
  Writer& plain_string(std::string_view text);
  /// A finished JSON value.
  Writer& raw(std::string_view json);

  // A member in one call.
  Writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }

  std::string& out() { return out_; }

 private:
  void before_value();

  std::string& out_;
  std::vector<bool> has_element_;  // one per open object or array
  bool after_key_ = false;
};

}  // namespace gyre::json
