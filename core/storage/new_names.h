// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/ids.h"
#include "core/model/table_schema.h"
#include "core/storage/writer.h"

// What is made up when a table, a replica or a stream begins. On the writer's thread.
namespace gyre::storage {

/// DynamoDB's TableId: a random UUID (version 4).
std::string new_table_uuid(WriteTransaction& transaction);

/// A life of a table. Never 0, which means none.
IncarnationId new_incarnation(WriteTransaction& transaction);

/// A stream of `table` that is enabled at `now_ms`. Its label, the time, is one that no stream of a table of
/// this name has, be the table deleted or not: the ARN of a stream is made of the two names. Where that time
/// is taken, it is a later one.
StreamDescriptor new_stream(const CatalogSnapshot& catalog, const TableSchema& table,
                            StreamViewType view_type, std::uint64_t now_ms);

}  // namespace gyre::storage
