// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "core/base/result.h"
#include "core/http/operation.h"
#include "core/storage/store.h"

namespace gyre::global_tables {

// What the operations of this room share: members of their requests, and reads that take their time.

/// A required string member: kValidation if it is missing.
Result<std::string> text_member(const json::Value& body, std::string_view name);
/// An integer member in [least, most], or `fallback` if it is missing.
Result<std::uint64_t> number_member(const json::Value& body, std::string_view name, std::uint64_t fallback,
                                    std::uint64_t most);
/// The living table that member TableName names; kResourceNotFound as DynamoDB words it.
Result<storage::TablePointer> table_member(storage::Store& store, const json::Value& body);

/// Runs `read` on the store's read pool and answers its JSON on the request's own thread; kThrottled if the
/// pool is full.
void answer_from_read_pool(storage::Store& store, const http::Request& request, http::Responder respond,
                           std::function<Result<std::string>()> read);

}  // namespace gyre::global_tables
