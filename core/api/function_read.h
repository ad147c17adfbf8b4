// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/api/read_operation.h"

namespace gyre::api {

/// A read that is a function.
std::unique_ptr<ReadRequest> read_by(std::function<Result<std::string>(storage::ReadTier)> function);

/// run_read() for a read that takes its time in any case: always from `pool`.
void run_on_pool(storage::ReadPool& pool, CompletionSink& sink, std::unique_ptr<ReadRequest> read,
                 http::Responder respond);

}  // namespace gyre::api
