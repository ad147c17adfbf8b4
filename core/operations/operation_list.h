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
  OPERATION(CreateGlobalTable, make_create_global_table, {}) \
  OPERATION(CreateTable, make_create_table, {}) \
  OPERATION(DeleteItem, make_delete_item, {limits::kItemBytesMax, false}) \
  OPERATION(DeleteResourcePolicy, make_delete_resource_policy, {}) \
  OPERATION(DeleteTable, make_delete_table, {}) \
  OPERATION(DescribeContinuousBackups, make_describe_continuous_backups, {}) \
  OPERATION(DescribeContributorInsights, make_describe_contributor_insights, {}) \
  OPERATION(DescribeEndpoints, make_describe_endpoints, {}) \
  OPERATION(DescribeGlobalTable, make_describe_global_table, {}) \
  OPERATION(DescribeGlobalTableSettings, make_describe_global_table_settings, {}) \
  OPERATION(DescribeKinesisStreamingDestination, make_describe_kinesis_streaming_destination, {}) \
  OPERATION(DescribeLimits, make_describe_limits, {}) \
  OPERATION(DescribeTable, make_describe_table, {}) \
  OPERATION(DescribeTableReplicaAutoScaling, make_describe_table_replica_auto_scaling, {}) \
  OPERATION(DescribeTimeToLive, make_describe_time_to_live, {}) \
  OPERATION(ExecuteStatement, make_execute_statement, {2 * limits::kPageBytesMax, true}) \
  OPERATION(ExecuteTransaction, make_execute_transaction, {limits::kTransactionBytesMax, true}) \
  OPERATION(GetItem, make_get_item, {limits::kItemBytesMax, false}) \
  OPERATION(GetResourcePolicy, make_get_resource_policy, {}) \
  OPERATION(ListContributorInsights, make_list_contributor_insights, {}) \
  OPERATION(ListGlobalTables, make_list_global_tables, {}) \
  OPERATION(ListTables, make_list_tables, {}) \
  OPERATION(ListTagsOfResource, make_list_tags_of_resource, {}) \
  OPERATION(PutItem, make_put_item, {limits::kItemBytesMax, false}) \
  OPERATION(Query, make_query, {2 * limits::kPageBytesMax, true}) \
  OPERATION(Scan, make_scan, {2 * limits::kPageBytesMax, true}) \
  OPERATION(TagResource, make_tag_resource, {}) \
  OPERATION(TransactGetItems, make_transact_get_items, {limits::kTransactionBytesMax, true}) \
  OPERATION(TransactWriteItems, make_transact_write_items, {limits::kTransactionBytesMax, false}) \
  OPERATION(UntagResource, make_untag_resource, {}) \
  OPERATION(UpdateContinuousBackups, make_update_continuous_backups, {}) \
  OPERATION(UpdateContributorInsights, make_update_contributor_insights, {}) \
  OPERATION(UpdateGlobalTable, make_update_global_table, {}) \
  OPERATION(UpdateGlobalTableSettings, make_update_global_table_settings, {}) \
  OPERATION(UpdateItem, make_update_item, {limits::kItemBytesMax, false}) \
  OPERATION(UpdateTable, make_update_table, {}) \
  OPERATION(UpdateTableReplicaAutoScaling, make_update_table_replica_auto_scaling, {}) \
  OPERATION(UpdateTimeToLive, make_update_time_to_live, {})
// clang-format on
