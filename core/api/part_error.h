// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/error.h"

namespace gyre::api {

/// The code by which a batch of statements, or a cancelled transaction, reports an error of one of its parts
/// (AWS's BatchStatementErrorCodeEnum, and the codes of CancellationReason); empty if such an error is not a
/// part's own.
std::string_view part_error_code(ErrorCode code);

}  // namespace gyre::api
