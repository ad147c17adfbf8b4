// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/json/json_writer.h"
#include "core/model/table_schema.h"

namespace gyre::operations {

enum class WarmStatus { kUpdating, kActive };

/// The members of TableDescription that say what a table may take, and its class. `status`: while a table is
/// being created, AWS says less.
void write_capacity(json::Writer& writer, const TableSchema& table, TableStatus status, WarmStatus warm);

/// `TableClassSummary`, under the `name` that it has there. A table that always was STANDARD has
/// none.
void write_table_class(json::Writer& writer, std::string_view name, const TableSchema& table);

// Members that indexes have too.

/// `ProvisionedThroughput`, all zero on demand.
void write_throughput(json::Writer& writer, const ProvisionedThroughput& throughput);
/// `OnDemandThroughput`, if there is any cap.
void write_on_demand(json::Writer& writer, const OnDemandThroughput& caps);
/// `WarmThroughput`.
void write_warm(json::Writer& writer, const WarmThroughput& warm, WarmStatus status);

}  // namespace gyre::operations
