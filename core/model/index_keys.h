// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/model/attribute_value.h"
#include "core/model/key.h"
#include "core/model/table_schema.h"

namespace gyre {

/// Answers an attribute of an item by name; nothing if the item has none of that name.
using FindAttribute = std::function<Result<std::optional<AttributeValue>>(std::string_view name)>;

/// An item's key in an index: its parts are the tuples of their attributes. Nothing if the item is not
/// in the index, because a key attribute is missing or cannot be one (another type, empty, too long):
/// such items were there before the index was.
Result<std::optional<ItemKey>> index_key(const IndexSchema& index, const FindAttribute& find);

/// Keys of the table, keys of the index, and what the projection adds.
bool is_projected(const IndexSchema& index, const KeySchema& schema, std::string_view attribute);

/// kValidation, with AWS's message, if a client's item holds what cannot be the key of an index: an attribute
/// of another type, an empty or a too long one. Of several indexes, messages name the first by name. For
/// every write of a whole item.
Status check_index_keys(const TableSchema& table, const Item& item);
/// The same for an update, which may leave what was there before as it is.
Status check_updated_index_keys(const TableSchema& table, const Item& before, const Item& after);

}  // namespace gyre
