// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/http/handler.h"

namespace gyre::api {

/// GetCallerIdentity of AWS's Security Token Service, which tools ask of an endpoint before they use it: a
/// POST of a form, answered in XML (AWS query protocol). The account is that of all ARNs here, the user the
/// key id that the request is signed with. Other actions are refused as AWS refuses them. What is no form
/// goes to `others`.
std::unique_ptr<http::Handler> make_caller_identity_handler(std::unique_ptr<http::Handler> others);

/// `text` between tags: what XML gives a meaning is escaped, and what it does not allow is '?'.
std::string xml_text(std::string_view text);

}  // namespace gyre::api
