// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "core/api/request_reader.h"
#include "core/base/result.h"
#include "core/http/operation.h"
#include "core/storage/store.h"

namespace gyre::global_tables {

/// The living table that member TableName names; kResourceNotFound as DynamoDB words it.
Result<storage::TablePointer> table_member(storage::Store& store, const api::RequestReader& request);

/// Runs `read` on the store's read pool and answers its JSON on the request's own thread; kThrottled if the
/// pool is full.
void answer_from_read_pool(storage::Store& store, const http::Request& request, http::Responder respond,
                           std::function<Result<std::string>()> read);

}  // namespace gyre::global_tables
