// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/operations/requests/api_names.h"
#include "core/operations/tables/capacity_settings.h"
#include "core/operations/tables/encryption.h"
#include "core/operations/tables/index_updates.h"
#include "core/operations/tables/table_description.h"
#include "core/operations/tables/table_settings.h"

namespace gyre::operations {

/// What one UpdateTable asks of the table itself; replicas are added and removed elsewhere.
struct TableChanges {
  CapacityRequest capacity;
  std::optional<TableClass> table_class;
  std::optional<StreamSpecification> stream;
  std::optional<bool> deletion_protection;
  std::optional<EncryptionRequest> encryption;
  std::optional<ReplicaKeys> replica_keys;
  IndexUpdates indexes;

  bool any() const;
};
Result<TableChanges> read_table_changes(const RequestReader& request);

/// AWS takes one concern in a call: only the billing mode goes with others. kValidation, in its words.
Status check_combination(const TableChanges& changes);

/// Pure: the table after the changes. kValidation, kResourceInUse, kLimitExceeded.
Result<TableSchema> apply_changes(const TableSchema& before, const TableChanges& changes,
                                  const RegionId& region, const storage::CatalogSnapshot& catalog,
                                  std::uint64_t now_ms);

/// A table as UpdateTable's reply shows it.
struct ShownTable {
  TableSchema table;
  TableView view;
};

/// Pure: what AWS would answer (measured there), so that programs learn to wait as they must there. What it
/// does at once is shown as it is by now, and leaves the table ACTIVE: protection, caps of the table. Changes
/// of throughput, table class, encryption and warm throughput take time, and are shown as they were before; a
/// change of the billing mode is shown at once, but for its time.
ShownTable show_changes(const TableSchema& before, const TableChanges& changes, const TableSchema& after);

}  // namespace gyre::operations
