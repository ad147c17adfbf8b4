// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/result.h"
#include "core/json/json_writer.h"
#include "core/model/table_schema.h"
#include "core/operations/request_reader.h"

namespace gyre::operations {

/// `ReturnConsumedCapacity`, in the order in which AWS lists the values.
enum class CapacityDetail { kIndexes, kTotal, kNone };
Result<CapacityDetail> read_capacity_detail(const RequestReader& request);
/// kValidation unless `ReturnItemCollectionMetrics` is SIZE or NONE.
Status check_collection_metrics(const RequestReader& request);
/// kValidation if it is SIZE and the table has local indexes: only such tables have collections, and their
/// sizes are not counted yet.
Status check_collection_metrics(const RequestReader& request, const TableSchema& table);

// AWS developer guide, "DynamoDB read and write operations": a unit for each 4 KB read or 1 KB written, at
// least one; a read that need not be consistent costs half.
double read_units(std::uint64_t bytes, bool consistent);
double write_units(std::uint64_t old_bytes, std::uint64_t new_bytes);

/// The object {"TableName": ..., "CapacityUnits": ...}, with "Table" for kIndexes. Not for kNone.
void write_table_capacity(json::Writer& writer, CapacityDetail detail, std::string_view table, double units);
/// The member "ConsumedCapacity" of a reply about one table, if it was asked for.
void write_consumed_capacity(json::Writer& writer, CapacityDetail detail, std::string_view table,
                             double units);

}  // namespace gyre::operations
