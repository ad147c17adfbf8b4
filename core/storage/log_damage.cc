// SPDX-License-Identifier: Apache-2.0
#include "core/storage/log_damage.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

namespace gyre::storage {
namespace {

// RocksDB's log format: blocks of 32 KB hold records that never cross a block; each is checksum (4 bytes,
// little-endian, masked CRC-32C of type and data), length (2), type (1: whole, 2 to 4: first, middle and last
// part of a longer one), data. Where no header fits any more, zeros fill the block.
constexpr std::size_t kBlockBytes = 32 * 1024;
constexpr std::size_t kHeaderBytes = 7;
constexpr std::uint8_t kTypeMin = 1;
constexpr std::uint8_t kTypeMax = 9;  // 9: a note on compression, without data of the store
constexpr std::uint32_t kCrcPolynomial = 0x82f63b78;
constexpr std::uint32_t kCrcMask = 0xa282ead8;

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kCrcPolynomial : 0);
    table[i] = crc;
  }
  return table;
}

std::uint32_t masked_crc(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = crc_table();
  std::uint32_t crc = ~0U;
  for (const char c : bytes) crc = kTable[(crc ^ static_cast<std::uint8_t>(c)) & 0xff] ^ (crc >> 8);
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + kCrcMask;
}

std::uint8_t byte_at(std::string_view log, std::size_t at) {
  return static_cast<std::uint8_t>(log[at]);
}

// Where the record at `at` ends, if there may be one at all.
std::optional<std::size_t> end_of_record(std::string_view log, std::size_t at) {
  const std::size_t block_end = std::min(log.size(), at - at % kBlockBytes + kBlockBytes);
  if (at + kHeaderBytes > block_end) return std::nullopt;
  const std::uint8_t type = byte_at(log, at + 6);
  if (type < kTypeMin || type > kTypeMax) return std::nullopt;
  const std::size_t end = at + kHeaderBytes + byte_at(log, at + 4) + 256U * byte_at(log, at + 5);
  return end <= block_end ? std::optional(end) : std::nullopt;
}

bool whole_record(std::string_view log, std::size_t at) {
  const std::optional<std::size_t> end = end_of_record(log, at);
  if (!end) return false;
  std::uint32_t stored = 0;
  for (std::size_t i = 0; i < 4; ++i) stored |= static_cast<std::uint32_t>(byte_at(log, at + i)) << (8 * i);
  return stored == masked_crc(log.substr(at + 6, *end - at - 6));
}

// The first place where the chain of records breaks; the log's size if it does not.
std::size_t end_of_chain(std::string_view log) {
  std::size_t at = 0;
  while (at < log.size()) {
    const std::size_t left = kBlockBytes - at % kBlockBytes;
    if (left < kHeaderBytes) {
      at += left;
      continue;
    }
    const std::optional<std::size_t> end = end_of_record(log, at);
    if (!end) return at;
    at = *end;
  }
  return log.size();
}

bool damaged(std::string_view log) {
  for (std::size_t at = end_of_chain(log) + 1; at < log.size(); ++at) {
    if (whole_record(log, at)) return true;
  }
  return false;
}

}  // namespace

Status check_logs(const std::string& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != ".log") continue;
    std::string log(entry.file_size(), '\0');
    std::ifstream(entry.path(), std::ios::binary).read(log.data(), static_cast<std::streamsize>(log.size()));
    if (damaged(log)) {
      return Error::corruption("the store in " + directory + " is damaged: " +
                               entry.path().filename().string() + " has whole records behind a broken one");
    }
  }
  return {};
}

}  // namespace gyre::storage
