// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/http/handler.h"
#include "core/http/origins.h"
#include "core/http/router.h"

namespace gyre::http {

/// DynamoDB's protocol: a POST, whatever its path, whose X-Amz-Target names an operation. Checks in AWS's
/// order (measured): content type, JSON, target, authorization, empty body. Operations that are none of AWS's
/// (Gyre.*) refuse web pages of origins that `origins` does not allow; the API itself is open to all, as
/// AWS's is. `intents` may be nullptr (Request::intents). All outlive the handler.
std::unique_ptr<Handler> make_dynamodb_handler(const Router& router, const Origins& origins,
                                               api::IntentObserver* intents);

/// What AWS answers where no route leads.
Reply not_found(std::string_view method);

}  // namespace gyre::http
