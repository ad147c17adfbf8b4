// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/operations/requests/api_names.h"
#include "core/storage/catalog.h"

namespace gyre::operations {

// Point-in-time recovery is kept and described, for tools that set it and read it back. Nothing can be
// restored, so no time is said to be restorable.

/// `TableName` of an operation on backups: kValidation, or kTableNotFound, which other operations on tables
/// do not answer.
Result<storage::TablePointer> read_backed_up_table(const RequestReader& request,
                                                   const storage::CatalogSnapshot& catalog,
                                                   const RegionId& region);

/// {"ContinuousBackupsDescription": ...}. Continuous backups are ENABLED of every table, as on AWS.
std::string continuous_backups_reply(const std::optional<PointInTimeRecovery>& recovery);

}  // namespace gyre::operations
