// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/storage/harness_test.h"

namespace gyre::storage {

/// Random requests against a machine: puts, deletes, transactions, failures, remote writes, and changes of
/// the catalog.
class RandomHistory {
 public:
  explicit RandomHistory(std::uint64_t seed) : random_(seed) {}

  /// Queues one request of any kind. It also writes the row "done/N"; its number is answered.
  int submit(MachineHarness& harness);

 private:
  Status items(WriteTransaction& transaction, int count);
  Status any(WriteTransaction& transaction);
  Status write_one(WriteTransaction& transaction, const TableEntry& table);
  Status change_catalog(WriteTransaction& transaction);
  TablePointer any_table(WriteTransaction& transaction);

  SeededRandom random_;
  int number_ = 0;
  HybridTime remote_clock_ = 1'600'000'000'000ULL << 16;
};

inline RoomRow done_row(int number) {
  return {RowPrefix("token/"), "done/" + std::to_string(number)};
}

/// All that must hold of a store at rest, whatever happened to it: shards without gaps, transactions whole,
/// records that fit each other, and tables that are the fold of their log.
void expect_consistent(const Engine& engine, const MachineHarness& harness);

}  // namespace gyre::storage
