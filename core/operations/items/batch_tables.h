// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/operations/requests/api_names.h"

// What the two batches of items have to say of `RequestItems`, their map from tables to requests.
namespace gyre::operations {

/// `RequestItems` of `operation`, a map of values of `value_type` (a Java name): kValidation if it is empty.
Result<RequestReader> read_request_items(const RequestReader& request, std::string_view operation,
                                         std::string_view value_type);

/// kValidation if a name in the map can be no table's: AWS's model refuses the map, which it shows as `show`
/// does.
Status check_table_names(const RequestReader& items, const RegionId& region,
                         std::string (*show)(const json::Value& items));

/// As BatchGetItem shows it: the JSON of the request.
std::string show_keys_and_attributes(const json::Value& items);
/// As BatchWriteItem shows it: the way of Java's toString, `{table=[WriteRequest(putRequest=...)]}`.
std::string show_write_requests(const json::Value& items);

}  // namespace gyre::operations
