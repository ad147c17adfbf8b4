// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/http/handler.h"

namespace gyre::http {

/// What DynamoDB's endpoints answer to GET /: "healthy: HOST ".
std::unique_ptr<Handler> make_health_handler();

}  // namespace gyre::http
