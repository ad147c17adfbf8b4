// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace gyre {

// Integers in byte strings. Big-endian where bytes must sort as numbers do; LEB128 varints where they must be
// short.

void append_u8(std::string& out, std::uint8_t value);
void append_u16_be(std::string& out, std::uint16_t value);
void append_u32_be(std::string& out, std::uint32_t value);
void append_u64_be(std::string& out, std::uint64_t value);
void append_varint(std::string& out, std::uint64_t value);
/// A varint length, then the bytes.
void append_sized(std::string& out, std::string_view bytes);

/// Reads bytes from the front of a view that it does not own. Outside bytes may be anything: every read
/// answers an Error (kCorruption) where the input is too short or a varint is overlong.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  Result<std::uint8_t> u8();
  Result<std::uint16_t> u16_be();
  Result<std::uint32_t> u32_be();
  Result<std::uint64_t> u64_be();
  Result<std::uint64_t> varint();
  Result<std::string_view> sized();
  Result<std::string_view> bytes(std::size_t count);

  std::string_view rest() const { return rest_; }
  bool at_end() const { return rest_.empty(); }

 private:
  [[gnu::cold]] static Error too_short();
  template <class T>
  Result<T> big_endian();
  Result<std::uint64_t> long_varint();

  std::string_view rest_;
};

// Every row is read through these: their usual ways are inline.

inline Result<std::uint64_t> ByteReader::varint() {
  if (rest_.empty() || static_cast<std::uint8_t>(rest_[0]) >= 0x80) return long_varint();
  const std::uint64_t value = static_cast<std::uint8_t>(rest_[0]);
  rest_.remove_prefix(1);
  return value;
}

inline Result<std::string_view> ByteReader::bytes(std::size_t count) {
  if (count > rest_.size()) return too_short();
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

inline Result<std::string_view> ByteReader::sized() {
  ASSIGN_OR_RETURN(const std::uint64_t size, varint());
  return bytes(static_cast<std::size_t>(size));
}

}  // namespace gyre
