// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/json/json_writer.h"
#include "core/operations/requests/api_names.h"
#include "core/storage/index_rows.h"

namespace gyre::operations {

/// `ReturnConsumedCapacity`, in the order in which AWS lists the values.
enum class CapacityDetail { kIndexes, kTotal, kNone };
Result<CapacityDetail> read_capacity_detail(const RequestReader& request);

// AWS developer guide, "DynamoDB read and write operations": a unit for each 4 KB read or 1 KB written, at
// least one; a read that need not be consistent costs half.
double read_units(std::uint64_t bytes, bool consistent);
double write_units(std::uint64_t old_bytes, std::uint64_t new_bytes);
/// Of an index, for an entry that a write changes: twice for one that moves to another key (AWS developer
/// guide, "Provisioned throughput considerations for Global Secondary Indexes").
double index_units(const storage::IndexWrite& write);
/// Transactions pay so many times what a request alone does (AWS developer guide, "Amazon DynamoDB
/// Transactions: How it works") at the table. Their indexes follow as those of any other write do, and pay
/// once.
inline constexpr double kTransactionPrice = 2;

/// What a write of one item changed, for the bill.
struct WriteCost {
  std::uint64_t old_bytes = 0;                         ///< DynamoDB's size of the item before
  std::uint64_t new_bytes = 0;                         ///< and after
  std::vector<storage::IndexWrite> index_writes = {};  ///< looked for only if the bill is asked for
};

/// Transactions name the kind of their units in the reply.
enum class CapacityPrice { kPlain, kTransactionRead, kTransactionWrite };

/// What one request consumed, by table in the order in which it names them, and by index.
class ConsumedCapacity {
 public:
  explicit ConsumedCapacity(CapacityDetail detail, CapacityPrice price = CapacityPrice::kPlain)
      : detail_(detail), price_(price) {}

  bool wanted() const { return detail_ != CapacityDetail::kNone; }

  /// Of the table itself. `table` is what the request calls it.
  void add(std::string_view table, double units);
  void add_index(std::string_view table, const std::string& index, bool local, double units);
  void add_write(std::string_view table, const WriteCost& cost);

  /// The member "ConsumedCapacity" of a reply about one table, if it was asked for.
  void write_one(json::Writer& writer) const;
  /// The same as a list, of a reply about several.
  void write_list(json::Writer& writer) const;

 private:
  struct Table {
    std::string name;
    double units = 0;
    std::map<std::string, double> local_indexes = {};
    std::map<std::string, double> global_indexes = {};
  };
  Table& table_of(std::string_view name);
  void write_table(json::Writer& writer, const Table& table) const;
  void write_indexes(json::Writer& writer, std::string_view member,
                     const std::map<std::string, double>& indexes) const;
  void write_units_of(json::Writer& writer, double units) const;

  CapacityDetail detail_;
  CapacityPrice price_;
  std::vector<Table> tables_;
};

/// ConsumedCapacity of a request that consumed units of one table and of no index.
void write_consumed_capacity(json::Writer& writer, CapacityDetail detail, std::string_view table,
                             double units);

}  // namespace gyre::operations
