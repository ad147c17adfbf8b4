// SPDX-License-Identifier: Apache-2.0
#include "core/json/json_writer.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "core/base/base64.h"
#include "core/base/check.h"

namespace gyre::json {
namespace {

constexpr bool needs_escape(unsigned char c) {
  return c < 0x20 || c == '"' || c == '\\';
}

// True if one of eight bytes needs escaping. The classic zero-byte test: exact for the question "is there
// any".
bool any_needs_escape(std::uint64_t eight) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  const auto has_byte_below = [](std::uint64_t word, std::uint64_t bound) {
    return (word - kOnes * bound) & ~word & kHighBits;
  };
  return (has_byte_below(eight, 0x20) | has_byte_below(eight ^ (kOnes * '"'), 1) |
          has_byte_below(eight ^ (kOnes * '\\'), 1)) != 0;
}

// The length of the front of `text` that stands for itself.
std::size_t plain_prefix(std::string_view text) {
  std::size_t at = 0;
  while (text.size() - at >= 8) {
    std::uint64_t eight;
    std::memcpy(&eight, text.data() + at, 8);
    if (any_needs_escape(eight)) break;
    at += 8;
  }
  while (at < text.size() && !needs_escape(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

void append_escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      constexpr char kHex[] = "0123456789abcdef";
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (;;) {
    const std::size_t plain = plain_prefix(text);
    out.append(text.data(), plain);
    if (plain == text.size()) break;
    append_escape(out, static_cast<unsigned char>(text[plain]));
    text.remove_prefix(plain + 1);
  }
  out += '"';
}

template <class T>
void append_number(std::string& out, T value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  CHECK(end.ec == std::errc{});
  out.append(digits, end.ptr);
}

}  // namespace

Writer::Writer(std::string& out) : out_(out) {}

void Writer::before_value() {
  if (depth_ == 0) {
    CHECK(!has_element_[0]);  // one value is one text
  } else if (is_object_[depth_]) {
    CHECK(after_key_);
    after_key_ = false;
    return;
  } else if (has_element_[depth_]) {
    out_ += ',';
  }
  has_element_[depth_] = true;
}

void Writer::open(char bracket, bool is_object) {
  before_value();
  CHECK(++depth_ < kDepthMax);
  is_object_[depth_] = is_object;
  has_element_[depth_] = false;
  out_ += bracket;
}

void Writer::close(char bracket, bool is_object) {
  CHECK(depth_ > 0 && is_object_[depth_] == is_object && !after_key_);
  --depth_;
  out_ += bracket;
}

Writer& Writer::begin_object() {
  return open('{', true), *this;
}
Writer& Writer::end_object() {
  return close('}', true), *this;
}
Writer& Writer::begin_array() {
  return open('[', false), *this;
}
Writer& Writer::end_array() {
  return close(']', false), *this;
}

Writer& Writer::key(std::string_view name) {
  CHECK(depth_ > 0 && is_object_[depth_] && !after_key_);
  if (has_element_[depth_]) out_ += ',';
  has_element_[depth_] = true;
  append_quoted(out_, name);
  out_ += ':';
  after_key_ = true;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  before_value();
  append_quoted(out_, text);
  return *this;
}

Writer& Writer::plain_string(std::string_view text) {
  before_value();
  out_ += '"';
  out_ += text;
  out_ += '"';
  return *this;
}

Writer& Writer::base64_string(std::string_view bytes) {
  before_value();
  out_ += '"';
  append_base64(out_, bytes);
  out_ += '"';
  return *this;
}

Writer& Writer::integer(std::int64_t value) {
  before_value();
  append_number(out_, value);
  return *this;
}

Writer& Writer::unsigned_integer(std::uint64_t value) {
  before_value();
  append_number(out_, value);
  return *this;
}

Writer& Writer::number(double value) {
  CHECK(std::isfinite(value));  // JSON knows no others
  before_value();
  append_number(out_, value);
  return *this;
}

Writer& Writer::boolean(bool value) {
  return raw(value ? "true" : "false");
}
Writer& Writer::null() {
  return raw("null");
}

Writer& Writer::raw(std::string_view json) {
  before_value();
  out_ += json;
  return *this;
}

}  // namespace gyre::json
