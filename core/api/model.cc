// SPDX-License-Identifier: Apache-2.0
#include "core/api/model.h"

#include "core/api/model/tables.h"

namespace gyre::api {
namespace {

Service service(std::string_view prefix, std::initializer_list<std::span<const Operation>> parts) {
  Service made{prefix, {}};
  for (const std::span<const Operation> part : parts) {
    made.operations.insert(made.operations.end(), part.begin(), part.end());
  }
  return made;
}

}  // namespace

std::span<const Service> services() {
  using namespace model;
  static const Service kServices[] = {
      service(kDynamoDB,
              {item_operations(), query_operations(), statement_operations(), table_operations(),
               global_table_operations(), backup_operations(), bulk_operations(), setting_operations()}),
      service(kDynamoDBStreams, {stream_operations()}),
      service(kGyre, {gyre_operations()}),
  };
  return kServices;
}

const Operation* find_operation(std::string_view target) {
  for (const Service& service : services()) {
    if (!target.starts_with(service.target_prefix)) continue;
    for (const Operation& operation : service.operations) {
      if (operation.name == target.substr(service.target_prefix.size())) return &operation;
    }
  }
  return nullptr;
}

}  // namespace gyre::api
