// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/requests/item_intents.h"
#include "core/storage/store.h"

namespace gyre::operations {

// Nothing scales capacity by itself, so auto scaling is disabled in every replica. AWS has these operations
// for global tables of 2019.11.21 alone.

/// `TableName`: kValidation; kResourceNotFound also for a table of one region.
Result<storage::TablePointer> read_scaled_table(const RequestReader& request, storage::Store& store);

/// {"TableAutoScalingDescription": ...}: all replicas, this one too, in the order of their names.
std::string auto_scaling_reply(const TableSchema& table);

}  // namespace gyre::operations
