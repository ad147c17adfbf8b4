// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/operations/requests/dependencies.h"

namespace gyre::operations {

// Each is defined in the file of its name.
OperationPointer make_query(const Dependencies& dependencies);
OperationPointer make_scan(const Dependencies& dependencies);

}  // namespace gyre::operations
