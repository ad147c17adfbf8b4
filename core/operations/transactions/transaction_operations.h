// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/operations/requests/dependencies.h"

namespace gyre::operations {

// Each is defined in the file of its name.
OperationPointer make_transact_get_items(const Dependencies& dependencies);
OperationPointer make_transact_write_items(const Dependencies& dependencies);

}  // namespace gyre::operations
