// SPDX-License-Identifier: Apache-2.0
#include "core/storage/expiry_rows.h"

#include <charconv>
#include <limits>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/model/item_codec.h"
#include "core/storage/row_keys.h"

namespace gyre::storage {
namespace {

// Ids of secondary indexes are stamps of the clock, never 0.
constexpr std::uint64_t kExpiryIndex = 0;
constexpr std::size_t kTableIdBytes = 8;
// No item expires then: the place of the cursor, before all others.
constexpr std::uint64_t kCursorSecond = 0;

std::string prefix_of(TableId table) {
  std::string prefix;
  append_u64_be(prefix, kExpiryIndex);
  append_u64_be(prefix, table.value());
  return prefix;
}

std::string prefix_of(TableId table, std::uint64_t second) {
  std::string prefix = prefix_of(table);
  append_u64_be(prefix, second);
  return prefix;
}

std::optional<std::uint64_t> whole_seconds(const Number& number) {
  if (number.is_negative()) return std::nullopt;
  const std::string text = number.to_string();
  std::uint64_t seconds = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || seconds == kCursorSecond) return std::nullopt;
  return seconds;
}

std::optional<std::uint64_t> second_of(const TimeToLive& time_to_live,
                                       const std::optional<std::string>& image) {
  return image ? expiry_second(time_to_live, *image) : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> expiry_second(const TimeToLive& time_to_live, std::string_view image) {
  std::optional<std::uint64_t> second;
  EncodedReader reader(image);
  const Status walked = reader.item([&](std::string_view name) -> Status {
    if (name != time_to_live.attribute) return reader.skip_value();
    ASSIGN_OR_RETURN(const EncodedValue value, reader.value());
    if (value.type != AttributeType::kNumber) return Error::validation("not a number");  // ends the walk
    second = whole_seconds(value.number);
    return {};
  });
  return walked.ok() ? second : std::nullopt;
}

std::string encode_expiry_row(const ExpiryRow& row) {
  CHECK(row.item_row.size() > kTableIdBytes);
  std::string encoded;
  encoded.reserve(2 * sizeof(std::uint64_t) + row.item_row.size());
  append_u64_be(encoded, kExpiryIndex);
  encoded.append(row.item_row, 0, kTableIdBytes);
  append_u64_be(encoded, row.second);
  encoded.append(row.item_row, kTableIdBytes);
  return encoded;
}

Result<ExpiryRow> read_expiry_row(std::string_view row) {
  ByteReader reader(row);
  ASSIGN_OR_RETURN(const std::uint64_t index, reader.u64_be());
  ASSIGN_OR_RETURN(const std::string_view table, reader.bytes(kTableIdBytes));
  ExpiryRow expiry;
  ASSIGN_OR_RETURN(expiry.second, reader.u64_be());
  if (index != kExpiryIndex || expiry.second == kCursorSecond || reader.at_end()) {
    return Error::corruption("a row of the expiry index names no item");
  }
  expiry.item_row.append(table).append(reader.rest());
  return expiry;
}

std::pair<std::string, std::string> expiry_rows(TableId table) {
  return {prefix_of(table), prefix_end(prefix_of(table))};
}

std::pair<std::string, std::string> expiry_rows(TableId table, std::uint64_t first, std::uint64_t last) {
  const bool to_the_end = last == std::numeric_limits<std::uint64_t>::max();
  return {prefix_of(table, first), to_the_end ? prefix_end(prefix_of(table)) : prefix_of(table, last + 1)};
}

std::string expiry_cursor_row(TableId table) {
  return prefix_of(table, kCursorSecond);
}

void index_expiry(const TimeToLive& time_to_live, std::string_view item_row,
                  const std::optional<std::string>& before, const std::optional<std::string>& after,
                  CommitBatch& batch) {
  const std::optional<std::uint64_t> old_second = second_of(time_to_live, before);
  const std::optional<std::uint64_t> new_second = second_of(time_to_live, after);
  if (old_second == new_second) return;
  if (old_second) batch.erase(Family::kIndexes, encode_expiry_row({*old_second, std::string(item_row)}));
  if (new_second) batch.put(Family::kIndexes, encode_expiry_row({*new_second, std::string(item_row)}), {});
}

void NewExpiryRows::note(std::string_view row) {
  constexpr std::string_view kPrefix("\0\0\0\0\0\0\0\0", sizeof(kExpiryIndex));
  static_assert(kExpiryIndex == 0);
  if (!row.starts_with(kPrefix)) return;
  ByteReader reader(row.substr(kPrefix.size()));
  const Result<std::uint64_t> table = reader.u64_be();
  CHECK(table.ok());
  const std::lock_guard lock(mutex_);
  const auto [least, is_first] = least_.try_emplace(TableId(*table), row);
  if (!is_first && row < least->second) least->second = row;
}

std::optional<std::string> NewExpiryRows::take_least(TableId table) {
  const std::lock_guard lock(mutex_);
  auto taken = least_.extract(table);
  return taken.empty() ? std::nullopt : std::optional(std::move(taken.mapped()));
}

void change_expiry_index(const TableSchema& before, const TableSchema& after, CommitBatch& batch) {
  const bool same_attribute =
      expires(before) && expires(after) && before.time_to_live->attribute == after.time_to_live->attribute;
  if (same_attribute) return;
  if (expires(before)) {
    batch.erase_range(Family::kIndexes, expiry_rows(before.id));
  }
  if (expires(after)) batch.put(Family::kIndexes, expiry_cursor_row(after.id), {});
}

}  // namespace gyre::storage
