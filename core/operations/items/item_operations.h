// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/operations/requests/dependencies.h"

namespace gyre::operations {

// Each is defined in the file of its name.
OperationPointer make_batch_get_item(const Dependencies& dependencies);
OperationPointer make_batch_write_item(const Dependencies& dependencies);
OperationPointer make_delete_item(const Dependencies& dependencies);
OperationPointer make_get_item(const Dependencies& dependencies);
OperationPointer make_put_item(const Dependencies& dependencies);
OperationPointer make_update_item(const Dependencies& dependencies);

}  // namespace gyre::operations
