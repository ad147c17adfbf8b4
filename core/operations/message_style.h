// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "core/base/ids.h"
#include "core/http/operation.h"

namespace gyre::operations {

/// How a request with several members that AWS's model refuses is answered. AWS's regions went over from one
/// to the other in 2026 (measured by the dynamodb-conformance project: all but two by October).
enum class MessageStyle {
  kCurrent,     ///< the first of them, in the order of the checks
  kAggregated,  ///< all of them, before anything else: "2 validation errors detected: ...; ..."
};

/// `operation` itself in the current style. In the aggregated one, something that answers all refused members
/// of a request at once and hands every other request on; operations without such members stay as they are.
std::unique_ptr<http::Operation> with_message_style(MessageStyle style, std::string_view name,
                                                    std::unique_ptr<http::Operation> operation,
                                                    const RegionId& region);

}  // namespace gyre::operations
