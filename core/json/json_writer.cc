// SPDX-License-Identifier: Apache-2.0
#include "core/json/json_writer.h"

#include <array>
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

constexpr std::size_t kBlock = 16;
using Block = unsigned char __attribute__((vector_size(kBlock)));

// True if one of the 16 bytes at `bytes` needs escaping.
bool block_needs_escape(const char* bytes) {
  Block block;
  std::memcpy(&block, bytes, kBlock);
  const auto found = (block < 0x20) | (block == '"') | (block == '\\');
  std::array<std::uint64_t, 2> halves;
  std::memcpy(halves.data(), &found, kBlock);
  return (halves[0] | halves[1]) != 0;
}

// The length of the front of `text` that stands for itself.
std::size_t plain_prefix(std::string_view text) {
  std::size_t at = 0;
  while (text.size() - at >= kBlock && !block_needs_escape(text.data() + at)) at += kBlock;
  // What is left of a long text lies in its last 16 bytes.
  if (text.size() >= kBlock && text.size() - at < kBlock &&
      !block_needs_escape(text.data() + text.size() - kBlock)) {
    return text.size();
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

void append_escaped(std::string& out, std::string_view text) {
  for (;;) {
    const std::size_t plain = plain_prefix(text);
    out.append(text.data(), plain);
    if (plain == text.size()) return;
    append_escape(out, static_cast<unsigned char>(text[plain]));
    text.remove_prefix(plain + 1);
  }
}

constexpr char kNothing = '\0';

// Text in quotes, between what stands around it. A short one is put together before it is appended: that
// costs more than the bytes do.
void append_quoted(std::string& out, char before, std::string_view text, char after) {
  constexpr std::size_t kShortMax = 28;
  std::array<char, kShortMax + 4> whole;
  char* end = whole.data();
  if (before != kNothing) *end++ = before;
  *end++ = '"';
  std::size_t taken = 0;
  const std::size_t short_size = text.size() <= kShortMax ? text.size() : 0;
  while (taken < short_size && !needs_escape(static_cast<unsigned char>(text[taken]))) *end++ = text[taken++];
  if (taken < text.size()) {
    out.append(whole.data(), end);
    append_escaped(out, text.substr(taken));
    end = whole.data();
  }
  *end++ = '"';
  if (after != kNothing) *end++ = after;
  out.append(whole.data(), end);
}

template <class T>
void append_number(std::string& out, T value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  CHECK(end.ec == std::errc{});
  out.append(digits, end.ptr);
}

}  // namespace

Writer::Writer(std::string& out) : out_(out) {
  levels_[0] = {false, false};
}

void Writer::before_value() {
  Level& level = levels_[depth_];
  if (level.is_object) {
    CHECK(after_key_);
    after_key_ = false;
    return;
  }
  if (level.has_element) {
    CHECK(depth_ > 0);  // one value is one text
    out_ += ',';
  }
  level.has_element = true;
}

void Writer::descend(Level level) {
  before_value();
  CHECK(++depth_ <= kDepthMax);
  levels_[depth_] = level;
}

void Writer::close(char bracket, bool is_object) {
  CHECK(depth_ > 0 && levels_[depth_].is_object == is_object && !after_key_);
  --depth_;
  out_ += bracket;
}

Writer& Writer::begin_object() {
  descend({true, false});
  out_ += '{';
  return *this;
}
Writer& Writer::end_object() {
  return close('}', true), *this;
}
Writer& Writer::begin_array() {
  descend({false, false});
  out_ += '[';
  return *this;
}
Writer& Writer::end_array() {
  return close(']', false), *this;
}

Writer& Writer::key(std::string_view name) {
  Level& level = levels_[depth_];
  CHECK(level.is_object && !after_key_);
  append_quoted(out_, level.has_element ? ',' : kNothing, name, ':');
  level.has_element = true;
  after_key_ = true;
  return *this;
}

Writer& Writer::begin_object(std::string_view name) {
  descend({true, true});
  append_quoted(out_, '{', name, ':');
  after_key_ = true;
  return *this;
}

Writer& Writer::string(std::string_view text) {
  before_value();
  append_quoted(out_, kNothing, text, kNothing);
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
