// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/http/handler.h"

namespace gyre::http {

/// Answers every request with what `make` makes, on the I/O thread: it must be quick and must not block.
/// `content_type` is a constant.
std::unique_ptr<Handler> make_page_handler(std::string_view content_type, std::function<std::string()> make);

}  // namespace gyre::http
