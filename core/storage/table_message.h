// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "schemas/catalog.capnp.h"

namespace gyre::storage {

// A table as it stands in catalog messages. Only for the codecs of this room: it brings Cap'n Proto along.

void write_table(schemas::Table::Builder out, const TableSchema& table);
Result<TableSchema> read_table(schemas::Table::Reader in);

// An enum as it stands in a message: `last` is its last member.
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
