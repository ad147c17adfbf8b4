// SPDX-License-Identifier: Apache-2.0
#include "core/operations/operations.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "core/api/checked_operation.h"
#include "core/api/model.h"
#include "core/operations/operation_list.h"

namespace gyre::operations {

#define GYRE_DECLARE(name, make, ...) OperationPointer make(const Dependencies& dependencies);
GYRE_FOR_EACH_OPERATION(GYRE_DECLARE)
#undef GYRE_DECLARE

namespace {

struct Built {
  std::string_view name;
  OperationPointer (*make)(const Dependencies&);
  http::ReplyRoom reply_room;
};

const Built kBuilt[] = {
#define GYRE_ROW(name, make, ...) {#name, make, __VA_ARGS__},
    GYRE_FOR_EACH_OPERATION(GYRE_ROW)
#undef GYRE_ROW
};

std::string target_of(std::string_view name) {
  return std::string(api::kDynamoDB).append(name);
}

bool is_built(std::string_view name) {
  return std::any_of(std::begin(kBuilt), std::end(kBuilt),
                     [name](const Built& built) { return built.name == name; });
}

}  // namespace

void add_operations(http::Router& router, const Dependencies& dependencies, MessageStyle style) {
  for (const Built& built : kBuilt) {
    api::add_operation(
        router, target_of(built.name),
        with_message_style(style, built.name, built.make(dependencies), dependencies.store.region()),
        built.reply_room);
  }
  for (const api::Service& service : api::services()) {
    if (service.target_prefix != api::kDynamoDB) continue;
    for (const api::Operation& operation : service.operations) {
      if (!is_built(operation.name)) router.add_missing(target_of(operation.name));
    }
  }
}

}  // namespace gyre::operations
