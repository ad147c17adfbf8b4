// SPDX-License-Identifier: Apache-2.0
#include "core/base/bytes.h"

namespace gyre {
namespace {

template <class T>
void append_be(std::string& out, T value) {
  char bytes[sizeof(T)];
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes[i] = static_cast<char>(value >> (8 * (sizeof(T) - 1 - i)));
  }
  out.append(bytes, sizeof(T));
}

template <class T>
T load_be(std::string_view bytes) {
  T value = 0;
  for (const char c : bytes) {
    value = static_cast<T>((value << 8) | static_cast<unsigned char>(c));
  }
  return value;
}

}  // namespace

void append_u8(std::string& out, std::uint8_t value) {
  out.push_back(static_cast<char>(value));
}
void append_u16_be(std::string& out, std::uint16_t value) {
  append_be(out, value);
}
void append_u32_be(std::string& out, std::uint32_t value) {
  append_be(out, value);
}
void append_u64_be(std::string& out, std::uint64_t value) {
  append_be(out, value);
}

void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void append_sized(std::string& out, std::string_view bytes) {
  append_varint(out, bytes.size());
  out.append(bytes);
}

Result<std::string_view> ByteReader::bytes(std::size_t count) {
  if (count > rest_.size()) return Error::corruption("input ends too early");
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

Result<std::uint8_t> ByteReader::u8() {
  ASSIGN_OR_RETURN(const std::string_view taken, bytes(1));
  return static_cast<std::uint8_t>(taken[0]);
}

Result<std::uint16_t> ByteReader::u16_be() {
  ASSIGN_OR_RETURN(const std::string_view taken, bytes(2));
  return load_be<std::uint16_t>(taken);
}

Result<std::uint32_t> ByteReader::u32_be() {
  ASSIGN_OR_RETURN(const std::string_view taken, bytes(4));
  return load_be<std::uint32_t>(taken);
}

Result<std::uint64_t> ByteReader::u64_be() {
  ASSIGN_OR_RETURN(const std::string_view taken, bytes(8));
  return load_be<std::uint64_t>(taken);
}

Result<std::uint64_t> ByteReader::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    ASSIGN_OR_RETURN(const std::uint8_t byte, u8());
    const std::uint64_t bits = byte & 0x7f;
    if (shift == 63 && bits > 1) return Error::corruption("varint is longer than 64 bits");
    value |= bits << shift;
    if ((byte & 0x80) == 0) {
      // One number, one spelling: equal values must be equal bytes.
      if (byte == 0 && shift > 0) return Error::corruption("varint has a needless byte");
      return value;
    }
  }
  return Error::corruption("varint is longer than 64 bits");
}

Result<std::string_view> ByteReader::sized() {
  ASSIGN_OR_RETURN(const std::uint64_t size, varint());
  if (size > rest_.size()) return Error::corruption("input ends too early");
  return bytes(static_cast<std::size_t>(size));
}

}  // namespace gyre
