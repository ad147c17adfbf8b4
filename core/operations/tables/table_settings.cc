// SPDX-License-Identifier: Apache-2.0
#include "core/operations/tables/table_settings.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/model/version.h"
#include "core/operations/requests/api_names.h"

namespace gyre::operations {
namespace {

constexpr std::int64_t kThroughputUnitsMax = 1'000'000'000'000;

Status check_bounds(std::string_view name, std::int64_t units) {
  if (units <= kThroughputUnitsMax) return {};
  return Error::validation(fmt::format("Given value {} for {} is out of bounds", units, name));
}

}  // namespace

Result<std::optional<Throughput>> read_throughput(const RequestReader& request) {
  ASSIGN_OR_RETURN(const std::optional<RequestReader> throughput, request.structure("ProvisionedThroughput"));
  if (!throughput) return std::optional<Throughput>();
  ASSIGN_OR_RETURN(const std::int64_t read, throughput->required_long("ReadCapacityUnits", 1));
  ASSIGN_OR_RETURN(const std::int64_t write, throughput->required_long("WriteCapacityUnits", 1));
  RETURN_IF_ERROR(check_bounds("ReadCapacityUnits", read));
  RETURN_IF_ERROR(check_bounds("WriteCapacityUnits", write));
  return std::optional(Throughput{static_cast<std::uint64_t>(read), static_cast<std::uint64_t>(write)});
}

Result<std::optional<BillingMode>> read_billing_mode(const RequestReader& request) {
  constexpr std::array<std::string_view, 2> kNames = {"PROVISIONED", "PAY_PER_REQUEST"};
  return request.choice<BillingMode>("BillingMode", kNames);
}

Status check_billing(BillingMode mode, const std::optional<Throughput>& throughput) {
  if (mode == BillingMode::kPayPerRequest && throughput) {
    return Error::validation(
        "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be "
        "specified "
        "when BillingMode is PAY_PER_REQUEST");
  }
  if (mode == BillingMode::kProvisioned && !throughput) {
    return Error::validation(
        "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be "
        "specified "
        "when BillingMode is PROVISIONED");
  }
  return {};
}

Result<std::optional<TableClass>> read_table_class(const RequestReader& request) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> name, request.string("TableClass"));
  if (!name) return std::optional<TableClass>();
  for (const TableClass table_class : {TableClass::kStandard, TableClass::kStandardInfrequentAccess}) {
    if (*name == table_class_name(table_class)) return std::optional(table_class);
  }
  return Error::validation(
      "Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, "
      "STANDARD_INFREQUENT_ACCESS].");
}

Result<std::optional<StreamSpecification>> read_stream_specification(const RequestReader& request,
                                                                     StreamSpecificationOf what) {
  constexpr std::array<std::string_view, 4> kViewTypes = {"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE",
                                                          "NEW_AND_OLD_IMAGES"};
  const bool is_change = what == StreamSpecificationOf::kChange;
  ASSIGN_OR_RETURN(const std::optional<RequestReader> stream, request.structure("StreamSpecification"));
  if (!stream) return std::optional<StreamSpecification>();
  ASSIGN_OR_RETURN(const std::optional<bool> enabled, stream->boolean("StreamEnabled"));
  if (!enabled) return missing_member_error(stream->path_of("StreamEnabled"));
  ASSIGN_OR_RETURN(const auto view_type, stream->choice<StreamViewType>("StreamViewType", kViewTypes));
  if (*enabled && !view_type) {
    return Error::validation(
        fmt::format("One or more parameter values were invalid: {}",
                    is_change ? "If stream is being enabled then UpdateViewType is required"
                              : "Table is being created with a stream enabled, UpdateViewType is required"));
  }
  if (!*enabled && view_type) {
    return Error::validation(fmt::format(
        "One or more parameter values were invalid: {}",
        is_change ? "If stream is being disabled, then UpdateViewType must not be specified"
                  : "Table is being created with a stream disabled, UpdateViewType should not be specified"));
  }
  return std::optional(StreamSpecification{*enabled, view_type.value_or(StreamViewType::kNewAndOldImages)});
}

Status refuse_table_features(const RequestReader& request) {
  return refuse_unsupported(request, {{"VectorIndexes"},
                                      {"VectorIndexUpdates"},
                                      {"ResourcePolicy"},
                                      {"GlobalTableSourceArn"},
                                      {"GlobalTableSettingsReplicationMode"},
                                      {"GlobalTableWitnessUpdates"}});
}

HybridTime new_settings_stamp(const TableSchema& table, storage::WriteTransaction& transaction) {
  const HybridTime now = hybrid_from_ms(transaction.clock().now_ms());
  return std::max({now, transaction.clock().last_stamp(), table.settings_stamp}) + 2;  // stamps are even
}

TableStatus shown_status(const TableSchema& table) {
  const auto changing = [](const IndexSchema& index) {
    return index.status == IndexStatus::kDeleting ||
           (index.status == IndexStatus::kCreating && !index.backfilling);
  };
  const bool index_changes = std::any_of(table.indexes.begin(), table.indexes.end(), changing);
  return table.status == TableStatus::kActive && index_changes ? TableStatus::kUpdating : table.status;
}

Status check_changeable(const TableSchema& table) {
  std::string_view doing;
  switch (table.status) {
    case TableStatus::kActive:
      return {};
    case TableStatus::kCreating:
      doing = "created";
      break;
    case TableStatus::kUpdating:
      doing = "updated";
      break;
    case TableStatus::kDeleting:
      doing = "deleted";
      break;
  }
  return Error(ErrorCode::kResourceInUse,
               fmt::format("Attempt to change a resource which is still in use: Table is being {}: {}", doing,
                           table.name));
}

}  // namespace gyre::operations
