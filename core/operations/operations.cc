// SPDX-License-Identifier: Apache-2.0
#include "core/operations/operations.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "core/api/checked_operation.h"
#include "core/api/model.h"
#include "core/base/limits.h"
#include "core/operations/items/item_operations.h"
#include "core/operations/partiql/partiql_operations.h"
#include "core/operations/queries/query_operations.h"
#include "core/operations/tables/table_operations.h"
#include "core/operations/transactions/transaction_operations.h"

namespace gyre::operations {
namespace {

struct Built {
  std::string_view name;
  OperationPointer (*make)(const Dependencies&);
};

constexpr Built kBuilt[] = {
    {"BatchExecuteStatement", make_batch_execute_statement},
    {"BatchGetItem", make_batch_get_item},
    {"BatchWriteItem", make_batch_write_item},
    {"CreateTable", make_create_table},
    {"DeleteItem", make_delete_item},
    {"DeleteTable", make_delete_table},
    {"DescribeEndpoints", make_describe_endpoints},
    {"DescribeLimits", make_describe_limits},
    {"DescribeTable", make_describe_table},
    {"DescribeTimeToLive", make_describe_time_to_live},
    {"ExecuteStatement", make_execute_statement},
    {"ExecuteTransaction", make_execute_transaction},
    {"GetItem", make_get_item},
    {"ListTables", make_list_tables},
    {"ListTagsOfResource", make_list_tags_of_resource},
    {"PutItem", make_put_item},
    {"Query", make_query},
    {"Scan", make_scan},
    {"TagResource", make_tag_resource},
    {"TransactGetItems", make_transact_get_items},
    {"TransactWriteItems", make_transact_write_items},
    {"UntagResource", make_untag_resource},
    {"UpdateItem", make_update_item},
    {"UpdateTable", make_update_table},
    {"UpdateTimeToLive", make_update_time_to_live},
};

// What replies that carry items may come to, by the bound on the items in them: their JSON is of about the
// same size. Pages and batches may take long to read, so that many would be under way at once; a write or a
// GetItem is soon done, and only looks whether there is room.
constexpr std::pair<std::string_view, http::ReplyRoom> kReplyRooms[] = {
    {"BatchExecuteStatement", {limits::kBatchStatementsMax * limits::kItemBytesMax, true}},
    {"BatchGetItem", {limits::kBatchGetBytesMax, true}},
    {"DeleteItem", {limits::kItemBytesMax, false}},
    {"ExecuteStatement", {2 * limits::kPageBytesMax, true}},
    {"ExecuteTransaction", {limits::kTransactionBytesMax, true}},
    {"GetItem", {limits::kItemBytesMax, false}},
    {"PutItem", {limits::kItemBytesMax, false}},
    {"Query", {2 * limits::kPageBytesMax, true}},
    {"Scan", {2 * limits::kPageBytesMax, true}},
    {"TransactGetItems", {limits::kTransactionBytesMax, true}},
    {"TransactWriteItems", {limits::kTransactionBytesMax, false}},
    {"UpdateItem", {limits::kItemBytesMax, false}},
};

http::ReplyRoom reply_room(std::string_view name) {
  for (const auto& [known, room] : kReplyRooms) {
    if (known == name) return room;
  }
  return {};
}

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
        reply_room(built.name));
  }
  for (const api::Service& service : api::services()) {
    if (service.target_prefix != api::kDynamoDB) continue;
    for (const api::Operation& operation : service.operations) {
      if (!is_built(operation.name)) router.add_missing(target_of(operation.name));
    }
  }
}

}  // namespace gyre::operations
