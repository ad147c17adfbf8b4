// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/check.h"
#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "schemas/catalog.capnp.h"

namespace gyre::storage {

// A table as it stands in catalog messages. Only for the codecs of this room: it brings Cap'n Proto along.

void write_table(schemas::Table::Builder out, const TableSchema& table);
Result<TableSchema> read_table(schemas::Table::Reader in);

// An enum in a message, as it is written and as it is read: `last` is its last member.
template <class Enum>
std::uint8_t enum_number(Enum value, Enum last) {
  CHECK(static_cast<std::uint64_t>(value) <= static_cast<std::uint64_t>(last));
  return static_cast<std::uint8_t>(value);
}
template <class Enum>
Result<Enum> read_enum(std::uint64_t value, Enum last) {
  if (value > static_cast<std::uint64_t>(last))
    return Error::corruption("a catalog message has an unknown enum value");
  return static_cast<Enum>(value);
}

inline std::optional<std::uint64_t> unless_zero(std::uint64_t value) {
  return value == 0 ? std::nullopt : std::optional(value);
}

}  // namespace gyre::storage
