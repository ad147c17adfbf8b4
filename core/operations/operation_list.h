// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/http/operation.h"
#include "core/operations/operations.h"

namespace gyre::operations {

// One per operation; each is defined in the file of its name.
using OperationPointer = std::unique_ptr<http::Operation>;

OperationPointer make_batch_execute_statement(const Dependencies& dependencies);
OperationPointer make_batch_get_item(const Dependencies& dependencies);
OperationPointer make_batch_write_item(const Dependencies& dependencies);
OperationPointer make_create_table(const Dependencies& dependencies);
OperationPointer make_delete_item(const Dependencies& dependencies);
OperationPointer make_delete_table(const Dependencies& dependencies);
OperationPointer make_describe_endpoints(const Dependencies& dependencies);
OperationPointer make_describe_limits(const Dependencies& dependencies);
OperationPointer make_describe_table(const Dependencies& dependencies);
OperationPointer make_describe_time_to_live(const Dependencies& dependencies);
OperationPointer make_execute_statement(const Dependencies& dependencies);
OperationPointer make_execute_transaction(const Dependencies& dependencies);
OperationPointer make_get_item(const Dependencies& dependencies);
OperationPointer make_list_tables(const Dependencies& dependencies);
OperationPointer make_list_tags_of_resource(const Dependencies& dependencies);
OperationPointer make_put_item(const Dependencies& dependencies);
OperationPointer make_query(const Dependencies& dependencies);
OperationPointer make_scan(const Dependencies& dependencies);
OperationPointer make_tag_resource(const Dependencies& dependencies);
OperationPointer make_transact_get_items(const Dependencies& dependencies);
OperationPointer make_transact_write_items(const Dependencies& dependencies);
OperationPointer make_untag_resource(const Dependencies& dependencies);
OperationPointer make_update_item(const Dependencies& dependencies);
OperationPointer make_update_table(const Dependencies& dependencies);
OperationPointer make_update_time_to_live(const Dependencies& dependencies);

}  // namespace gyre::operations
