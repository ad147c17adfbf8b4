// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/limits.h"

// The operations of DynamoDB that Gyre has: name, factory, and what a reply may come to (http::ReplyRoom).
// Each is defined in a file of its own; this is the only place that lists it.
//
// Replies that carry items come to what the items in them may: their JSON is of about the same size. Pages
// and batches may take long to read, so that many would be under way at once, and their room is set aside; a
// write or a GetItem is soon done, and only looks whether there is room.
// clang-format off
#define GYRE_FOR_EACH_OPERATION(OPERATION) \
  OPERATION(BatchExecuteStatement, make_batch_execute_statement, {limits::kBatchStatementsMax * limits::kItemBytesMax, true}) \
  OPERATION(BatchGetItem, make_batch_get_item, {limits::kBatchGetBytesMax, true}) \
  OPERATION(BatchWriteItem, make_batch_write_item, {}) \
  OPERATION(CreateTable, make_create_table, {}) \
  OPERATION(DeleteItem, make_delete_item, {limits::kItemBytesMax, false}) \
  OPERATION(DeleteTable, make_delete_table, {}) \
  OPERATION(DescribeContributorInsights, make_describe_contributor_insights, {}) \
  OPERATION(DescribeEndpoints, make_describe_endpoints, {}) \
  OPERATION(DescribeLimits, make_describe_limits, {}) \
  OPERATION(DescribeTable, make_describe_table, {}) \
  OPERATION(DescribeTimeToLive, make_describe_time_to_live, {}) \
  OPERATION(ExecuteStatement, make_execute_statement, {2 * limits::kPageBytesMax, true}) \
  OPERATION(ExecuteTransaction, make_execute_transaction, {limits::kTransactionBytesMax, true}) \
  OPERATION(GetItem, make_get_item, {limits::kItemBytesMax, false}) \
  OPERATION(ListTables, make_list_tables, {}) \
  OPERATION(ListTagsOfResource, make_list_tags_of_resource, {}) \
  OPERATION(PutItem, make_put_item, {limits::kItemBytesMax, false}) \
  OPERATION(Query, make_query, {2 * limits::kPageBytesMax, true}) \
  OPERATION(Scan, make_scan, {2 * limits::kPageBytesMax, true}) \
  OPERATION(TagResource, make_tag_resource, {}) \
  OPERATION(TransactGetItems, make_transact_get_items, {limits::kTransactionBytesMax, true}) \
  OPERATION(TransactWriteItems, make_transact_write_items, {limits::kTransactionBytesMax, false}) \
  OPERATION(UntagResource, make_untag_resource, {}) \
  OPERATION(UpdateItem, make_update_item, {limits::kItemBytesMax, false}) \
  OPERATION(UpdateTable, make_update_table, {}) \
  OPERATION(UpdateTimeToLive, make_update_time_to_live, {})
// clang-format on
