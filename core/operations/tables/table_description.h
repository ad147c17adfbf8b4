// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/base/ids.h"
#include "core/json/json_writer.h"
#include "core/model/table_schema.h"
#include "core/operations/tables/table_size.h"

namespace gyre::operations {

/// DynamoDB's TableDescription. `status` is what the reply says, which may differ from the schema's: a table
/// of Gyre is usable at once, yet CreateTable answers CREATING, UpdateTable UPDATING and DeleteTable
/// DELETING, as on AWS, so that programs learn to wait as they must there; DescribeTable answers the truth.
/// Without `sizes` the reply says nothing about them. While a table is CREATING or DELETING, so are its
/// indexes.
void write_table_description(json::Writer& writer, const TableSchema& table, const RegionId& self,
                             TableStatus status, const std::optional<TableSizes>& sizes);

/// {"`member`": TableDescription}: `Table` of DescribeTable, `TableDescription` of the others.
std::string table_reply(std::string_view member, const TableSchema& table, const RegionId& self,
                        TableStatus status, const std::optional<TableSizes>& sizes = std::nullopt);

}  // namespace gyre::operations
