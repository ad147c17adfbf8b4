// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/operations/items/item_actions.h"
#include "core/operations/requests/dependencies.h"

namespace gyre::operations {

using ParseAction = Result<ActionPointer> (*)(const RequestReader&, const RegionId&, ActionHolder);

/// PutItem, UpdateItem or DeleteItem: the operation of one action, answered alone.
OperationPointer make_item_write(const Dependencies& dependencies, ParseAction parse);

}  // namespace gyre::operations
