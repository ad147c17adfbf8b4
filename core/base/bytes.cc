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

Error ByteReader::too_short() {
  return Error::corruption("input ends too early");
}

template <class T>
Result<T> ByteReader::big_endian() {
  if (rest_.size() < sizeof(T)) return too_short();
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>((value << 8) | static_cast<unsigned char>(rest_[i]));
  }
  rest_.remove_prefix(sizeof(T));
  return value;
}

Result<std::uint8_t> ByteReader::u8() {
  return big_endian<std::uint8_t>();
}
Result<std::uint16_t> ByteReader::u16_be() {
  return big_endian<std::uint16_t>();
}
Result<std::uint32_t> ByteReader::u32_be() {
  return big_endian<std::uint32_t>();
}
Result<std::uint64_t> ByteReader::u64_be() {
  return big_endian<std::uint64_t>();
}

Result<std::uint64_t> ByteReader::long_varint() {
  std::uint64_t value = 0;
  std::size_t taken = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (taken == rest_.size()) return too_short();
    const auto byte = static_cast<std::uint8_t>(rest_[taken++]);
    const std::uint64_t bits = byte & 0x7f;
    if (shift == 63 && bits > 1) return Error::corruption("varint is longer than 64 bits");
    value |= bits << shift;
    if ((byte & 0x80) == 0) {
      // One number, one spelling: equal values must be equal bytes.
      if (byte == 0 && shift > 0) return Error::corruption("varint has a needless byte");
      rest_.remove_prefix(taken);
      return value;
    }
  }
  return Error::corruption("varint is longer than 64 bits");
}

}  // namespace gyre
