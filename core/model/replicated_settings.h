// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/model/table_schema.h"

namespace gyre {

// What all replicas of a global table have in common beside its indexes, whichever of them was told:
// capacity, table class, time to live and encryption (AWS developer guide, "Global tables: how it works";
// deletion protection, recovery and tags are each region's own). Each goes by its newest change, and by
// content where times are equal: whatever the order in which replicas see each other, they come to the same.
// Pure.

/// Notes that the capacity was changed now, if `after` has another than `before`.
void note_capacity_change(const TableSchema& before, std::uint64_t now_ms, TableSchema& after);

/// Takes over what is newer in `other`, another replica of the same table.
void take_newer_settings(const TableSchema& other, TableSchema& table);
/// What a new replica begins with.
void copy_settings(const TableSchema& source, TableSchema& replica);

/// A time of change that is later than `last_ms`, whatever the clock says.
inline std::uint64_t change_time_after(std::uint64_t last_ms, std::uint64_t now_ms) {
  return now_ms > last_ms ? now_ms : last_ms + 1;
}

}  // namespace gyre
