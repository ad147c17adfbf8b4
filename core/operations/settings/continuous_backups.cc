// SPDX-License-Identifier: Apache-2.0
#include "core/operations/settings/continuous_backups.h"

#include <fmt/core.h>

#include "core/json/json_writer.h"

namespace gyre::operations {

Result<storage::TablePointer> read_backed_up_table(const RequestReader& request,
                                                   const storage::CatalogSnapshot& catalog,
                                                   const RegionId& region) {
  ASSIGN_OR_RETURN(const TableReference reference, read_control_table(request, region));
  storage::TablePointer table = catalog.find(reference.name);
  if (!table) return Error(ErrorCode::kTableNotFound, fmt::format("Table not found: {}", reference.text));
  return table;
}

std::string continuous_backups_reply(const std::optional<PointInTimeRecovery>& recovery) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("ContinuousBackupsDescription").begin_object();
  writer.member("ContinuousBackupsStatus", "ENABLED");
  writer.key("PointInTimeRecoveryDescription").begin_object();
  writer.member("PointInTimeRecoveryStatus", recovery ? "ENABLED" : "DISABLED");
  if (recovery) writer.key("RecoveryPeriodInDays").unsigned_integer(recovery->period_days);
  writer.end_object().end_object().end_object();
  return out;
}

}  // namespace gyre::operations
