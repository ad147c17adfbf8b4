// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/operations/requests/api_names.h"
#include "core/storage/writer.h"

namespace gyre::operations {

// What CreateTable and UpdateTable both take.

/// `ProvisionedThroughput`.
struct Throughput {
  std::uint64_t read_units = 0;
  std::uint64_t write_units = 0;
};
Result<std::optional<Throughput>> read_throughput(const RequestReader& request);
/// `BillingMode`.
Result<std::optional<BillingMode>> read_billing_mode(const RequestReader& request);
/// Throughput belongs to PROVISIONED, and only there: kValidation, in AWS's words.
Status check_billing(BillingMode mode, const std::optional<Throughput>& throughput);

/// `TableClass`.
Result<std::optional<TableClass>> read_table_class(const RequestReader& request);

/// `StreamSpecification`: on with a view type, or off without one.
struct StreamSpecification {
  bool enabled = false;
  StreamViewType view_type = StreamViewType::kNewAndOldImages;
};
enum class StreamSpecificationOf { kNewTable, kChange };  ///< AWS words their mistakes differently
Result<std::optional<StreamSpecification>> read_stream_specification(const RequestReader& request,
                                                                     StreamSpecificationOf what);

/// Vector indexes, policies and the like: kValidation if any is asked for.
Status refuse_table_features(const RequestReader& request);

/// The stamp of a change, made now, of what all replicas of the table share: newer than any they may have
/// seen.
HybridTime new_settings_stamp(const TableSchema& table, storage::WriteTransaction& transaction);

/// What DescribeTable says of a table: it is UPDATING while an index is being made room for or deleted, and
/// ACTIVE while an index backfills (measured on AWS).
TableStatus shown_status(const TableSchema& table);
/// kResourceInUse unless the table is ACTIVE, whatever its indexes are.
Status check_changeable(const TableSchema& table);

}  // namespace gyre::operations
