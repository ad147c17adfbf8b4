// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "core/base/ids.h"
#include "core/http/operation.h"
#include "core/http/router.h"

namespace gyre::api {

/// Adds an operation of the model to `router`. Before it sees a request, all JSON types in it are checked:
/// kSerialization if one is wrong, whatever else is wrong with the request, as on AWS. `reply_room`:
/// Router::add.
void add_operation(http::Router& router, std::string_view target, std::unique_ptr<http::Operation> operation,
                   http::ReplyRoom reply_room = {});

/// The same for one whose request has no other words than the model's: values are checked too, and the first
/// that is refused is kValidation.
void add_plain_operation(http::Router& router, std::string_view target, const RegionId& region,
                         std::unique_ptr<http::Operation> operation, http::ReplyRoom reply_room = {});

}  // namespace gyre::api
