// SPDX-License-Identifier: Apache-2.0
#include "core/storage/new_names.h"

#include <fmt/core.h>

#include <chrono>
#include <set>

namespace gyre::storage {
namespace {

// "2026-11-21T08:15:30.123"
std::string iso_time(std::uint64_t ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(ms)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<std::chrono::milliseconds> clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::set<std::string> taken_labels(const CatalogSnapshot& catalog, const TableSchema& table) {
  std::set<std::string> labels;
  for (const StreamDescriptor& stream : table.streams) labels.insert(stream.label);
  for (const auto& [id, other] : catalog.tables()) {
    if (other->schema.name != table.name) continue;
    for (const StreamDescriptor& stream : other->schema.streams) labels.insert(stream.label);
  }
  return labels;
}

}  // namespace

std::string new_table_uuid(WriteTransaction& transaction) {
  const std::uint64_t high = transaction.random();
  const std::uint64_t low = transaction.random();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff, high & 0xfff,
                     0x8000 | ((low >> 48) & 0x3fff), low & 0xffffffffffff);
}

IncarnationId new_incarnation(WriteTransaction& transaction) {
  return IncarnationId(transaction.random() | 1);
}

StreamDescriptor new_stream(const CatalogSnapshot& catalog, const TableSchema& table,
                            StreamViewType view_type, std::uint64_t now_ms) {
  const std::set<std::string> taken = taken_labels(catalog, table);
  StreamDescriptor stream;
  stream.view_type = view_type;
  stream.enabled_ms = now_ms;
  std::uint64_t label_ms = stream.enabled_ms;
  do {
    stream.label = iso_time(label_ms++);
  } while (taken.contains(stream.label));
  return stream;
}

}  // namespace gyre::storage
