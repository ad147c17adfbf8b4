// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/operations/requests/dependencies.h"

namespace gyre::operations {

// Each is defined in the file of its name.
OperationPointer make_create_table(const Dependencies& dependencies);
OperationPointer make_delete_table(const Dependencies& dependencies);
OperationPointer make_describe_endpoints(const Dependencies& dependencies);
OperationPointer make_describe_limits(const Dependencies& dependencies);
OperationPointer make_describe_table(const Dependencies& dependencies);
OperationPointer make_describe_time_to_live(const Dependencies& dependencies);
OperationPointer make_list_tables(const Dependencies& dependencies);
OperationPointer make_list_tags_of_resource(const Dependencies& dependencies);
OperationPointer make_tag_resource(const Dependencies& dependencies);
OperationPointer make_untag_resource(const Dependencies& dependencies);
OperationPointer make_update_table(const Dependencies& dependencies);
OperationPointer make_update_time_to_live(const Dependencies& dependencies);

}  // namespace gyre::operations
