// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/http/handler.h"
#include "core/http/routes.h"

namespace gyre::http {

// What browsers learn about requests that pages of other origins send (those with an Origin header).

/// The answer to OPTIONS, by which a browser asks before it sends such a request.
Reply preflight_reply(const HttpRequest& request, const Routes& routes);

/// The refusal of a request that its page may not send to this handler, if so.
std::optional<Reply> refuse_origin(const HttpRequest& request, const Handler& handler, const Routes& routes);

/// What lets a page read the reply.
void add_cors_headers(Reply& reply);

}  // namespace gyre::http
