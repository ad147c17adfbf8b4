// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/model/table_schema.h"
#include "core/storage/writer.h"
#include "streams/transport/stream_server.h"

namespace gyre::consumers {

/// Stages one effect of a consumer, as PutItem, DeleteItem and UpdateItem ADD without conditions would.
/// kResourceNotFound if the table does not exist; kValidation, naming the table, if the key does not fit it,
/// an item grows too large, or the attribute to add to is part of the key or no number.
Status apply_write(storage::WriteTransaction& transaction, const streams::ConsumerWrite& write);

/// The item after `amount` was added. `item`: the one that is stored, or just the key if there is none. Pure.
Result<AttributeMap> add_to_attribute(const KeySchema& schema, AttributeMap item,
                                      const std::string& attribute, const std::string& amount);

}  // namespace gyre::consumers
