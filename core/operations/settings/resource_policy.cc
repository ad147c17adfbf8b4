// SPDX-License-Identifier: Apache-2.0
#include "core/operations/settings/resource_policy.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

namespace gyre::operations {
namespace {

constexpr std::string_view kStreamPart = "/stream/";

bool has_stream(const TableSchema& table, std::string_view label) {
  return std::any_of(table.streams.begin(), table.streams.end(),
                     [&](const StreamDescriptor& stream) { return stream.label == label; });
}

}  // namespace

Result<PolicyOf> read_policy_of(const RequestReader& request, storage::Store& store) {
  ASSIGN_OR_RETURN(const std::string_view arn, request.required_string("ResourceArn"));
  if (!is_arn(arn)) return invalid_parameter(fmt::format("ARNs must start with 'arn:': {}", arn));
  const std::size_t stream = arn.find(kStreamPart);
  const auto name = table_name_of_arn(arn.substr(0, stream), store.region());
  if (!name.ok() || !parse_item_table(*name, store.region()).ok()) {
    return invalid_parameter(fmt::format("Invalid resource Arn: {}", arn));
  }
  ASSIGN_OR_RETURN(const storage::TablePointer table, find_control_table(*store.catalog().snapshot(), *name));
  if (stream == std::string_view::npos) return PolicyOf{std::string(arn), Resource::of_table(*name)};
  const std::string_view label = arn.substr(stream + kStreamPart.size());
  if (!has_stream(table->schema, label)) {
    return Error::resource_not_found(
        fmt::format("Requested resource not found: Stream: {} not found for Table: {}", label, *name));
  }
  return PolicyOf{std::string(arn), Resource::of_stream(*name, label)};
}

Error policy_not_found(const PolicyOf& of) {
  return {ErrorCode::kPolicyNotFound,
          fmt::format("Resource-based policy not found for the provided ResourceArn: {}", of.arn)};
}

}  // namespace gyre::operations
