// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "core/api/parsed_operation.h"
#include "core/storage/store.h"
#include "global-tables/group_control.h"

namespace gyre::global_tables {

/// A table's group as an operator sees it: {TableName, Owner, Epoch, Members: [{RegionName, Status,
/// WaitsFor?}]}.
std::string group_reply(const TableSchema& table, const std::map<RegionId, std::string>& notes);

/// Gyre.DescribeGroup {TableName}: who replicates the table with whom as this region knows it, and what each
/// member that is not simply there waits for. kValidation for a table of one region.
class DescribeGroup final : public api::ParsedOperation<storage::TablePointer> {
 public:
  DescribeGroup(storage::Store& store, const GroupControl& control) : store_(store), control_(control) {}

 private:
  Result<storage::TablePointer> parse(const api::RequestReader& request) const override;
  api::Intents intents(const storage::TablePointer& parsed) const override;
  void execute(storage::TablePointer parsed, const http::Request& request, http::Responder respond) override;

  storage::Store& store_;
  const GroupControl& control_;
};

}  // namespace gyre::global_tables
