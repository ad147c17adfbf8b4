// SPDX-License-Identifier: Apache-2.0
#pragma once

// Inside core/http only: shows Beast.
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/http/gate.h"

namespace gyre::http {

/// Views of a parsed request; holds as long as `message`. One pass over the fields instead of a search for
/// each.
RawRequest read_headers(const boost::beast::http::request<boost::beast::http::string_body>& message);

}  // namespace gyre::http
