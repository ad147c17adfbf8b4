// SPDX-License-Identifier: Apache-2.0
#include "core/engine/rocksdb/log_tail.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <vector>

namespace gyre::storage {
namespace {

// RocksDB's log format: blocks of 32 KB hold records that never cross a block; each is checksum (4 bytes,
// little-endian, masked CRC-32C of type and data), length (2), type (1: whole, 2 to 4: first, middle and last
// part of a longer one), data. Where no header fits any more, zeros fill the block.
constexpr std::size_t kBlockBytes = 32 * 1024;
constexpr std::size_t kHeaderBytes = 7;
constexpr std::size_t kSectorBytes = 512;
constexpr std::uint8_t kWhole = 1;
constexpr std::uint8_t kFirst = 2;
constexpr std::uint8_t kMiddle = 3;
constexpr std::uint8_t kLast = 4;
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

// A record, as its header has it.
struct Record {
  std::size_t at;
  std::size_t end;
  std::uint8_t type;
};

std::size_t block_end(std::size_t at) {
  return at - at % kBlockBytes + kBlockBytes;
}

// The record at `at`, if there may be one; it may end behind the log.
std::optional<Record> record_at(std::string_view log, std::size_t at) {
  if (at + kHeaderBytes > std::min(log.size(), block_end(at))) return std::nullopt;
  const std::uint8_t type = byte_at(log, at + 6);
  if (type < kWhole || type > kTypeMax) return std::nullopt;
  const std::size_t end = at + kHeaderBytes + byte_at(log, at + 4) + 256U * byte_at(log, at + 5);
  return end <= block_end(at) ? std::optional(Record{at, end, type}) : std::nullopt;
}

bool checksum_holds(std::string_view log, const Record& record) {
  if (record.end > log.size()) return false;
  std::uint32_t stored = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    stored |= static_cast<std::uint32_t>(byte_at(log, record.at + i)) << (8 * i);
  }
  return stored == masked_crc(log.substr(record.at + 6, record.end - record.at - 6));
}

// Whether the disk never wrote a sector's part of these bytes.
bool lacks_sector(std::string_view log, std::size_t begin, std::size_t end) {
  if (end > log.size()) return true;
  while (begin < end) {
    const std::size_t next = std::min(begin - begin % kSectorBytes + kSectorBytes, end);
    const std::size_t sector_end = std::min(begin - begin % kSectorBytes + kSectorBytes, log.size());
    if (log.substr(begin, sector_end - begin).find_first_not_of('\0') == std::string_view::npos) return true;
    begin = next;
  }
  return false;
}

// The chain of records, as their headers link them.
struct Chain {
  std::vector<Record> last_batch;  ///< its parts, as far as they are there
  bool last_is_complete = false;
  std::size_t end = 0;  ///< where the chain breaks; the log's size if it does not
};

Chain follow(std::string_view log) {
  Chain chain;
  while (chain.end < log.size()) {
    if (block_end(chain.end) - chain.end < kHeaderBytes) {
      chain.end = std::min(block_end(chain.end), log.size());
      continue;
    }
    const std::optional<Record> record = record_at(log, chain.end);
    if (!record) break;
    if (record->type <= kFirst || record->type > kLast) chain.last_batch.clear();
    chain.last_batch.push_back(*record);
    chain.last_is_complete = record->type != kFirst && record->type != kMiddle;
    chain.end = std::min(record->end, log.size());
  }
  return chain;
}

bool batch_begins_behind(std::string_view log, std::size_t at) {
  const std::size_t end = log.find_last_not_of('\0') + 1;
  for (++at; at < end; ++at) {
    const std::optional<Record> record = record_at(log, at);
    if (record && record->type <= kFirst && checksum_holds(log, *record)) return true;
  }
  return false;
}

}  // namespace

std::optional<std::size_t> end_of_batches(std::string_view log) {
  const Chain chain = follow(log);
  if (batch_begins_behind(log, chain.end)) return std::nullopt;
  const std::vector<Record>& parts = chain.last_batch;
  const auto holds = [log](const Record& part) { return checksum_holds(log, part); };
  const bool broken = !std::all_of(parts.begin(), parts.end(), holds);
  const bool cut_off = chain.end == log.size() || lacks_sector(log, chain.end, chain.end + kHeaderBytes);
  if (!broken && (parts.empty() || chain.last_is_complete)) {
    return cut_off ? std::optional(chain.end) : std::nullopt;
  }
  const bool torn = std::all_of(parts.begin(), parts.end(), [&](const Record& part) {
    return holds(part) || lacks_sector(log, part.at, part.end);
  });
  return torn && (broken || cut_off) ? std::optional(parts.front().at) : std::nullopt;
}

Status cut_log_tails(const std::string& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != ".log") continue;
    std::string log(entry.file_size(), '\0');
    std::ifstream(entry.path(), std::ios::binary).read(log.data(), static_cast<std::streamsize>(log.size()));
    const std::optional<std::size_t> end = end_of_batches(log);
    if (!end) {
      return Error::corruption("the store in " + directory + " is damaged: " +
                               entry.path().filename().string() + " is broken, and not by a crash");
    }
    if (*end < log.size()) std::filesystem::resize_file(entry.path(), *end);
  }
  return {};
}

}  // namespace gyre::storage
