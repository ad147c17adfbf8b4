// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "core/http/handler.h"
#include "core/http/origins.h"
#include "core/http/router.h"

namespace gyre::http {

/// Has a task run on another thread, which may take its time. False if it takes no more now.
using HandOver = std::function<bool(std::function<void()>)>;

/// DynamoDB's protocol: a POST, whatever its path, whose X-Amz-Target names an operation. Checks in AWS's
/// order (measured): content type, JSON, target, authorization, empty body. Operations that are none of AWS's
/// (Gyre.*) refuse web pages of origins that `origins` does not allow; the API itself is open to all, as
/// AWS's is. `intents` may be nullptr (Request::intents). All outlive the handler.
///
/// Bodies of more than kInlineBodyBytesMax, inflated or not, are parsed by `large_bodies`, and their
/// operations begun there; tasks may be run until the server and the router are destroyed. kThrottled if it
/// takes no more.
std::unique_ptr<Handler> make_dynamodb_handler(const Router& router, const Origins& origins,
                                               HandOver large_bodies, api::IntentObserver* intents);

/// What AWS answers where no route leads.
Reply not_found(std::string_view method);

}  // namespace gyre::http
