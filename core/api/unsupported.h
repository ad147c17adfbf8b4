// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string_view>

#include "core/api/request_reader.h"
#include "core/base/result.h"

namespace gyre::api {

/// kValidation, naming the first of `parameters` that the request holds and Gyre does not act on yet: an
/// ignored parameter would be a silent lie. An empty list, an empty structure and a false flag ask for
/// nothing, and pass.
Status refuse_unsupported(const RequestReader& request, std::initializer_list<std::string_view> parameters);

}  // namespace gyre::api
