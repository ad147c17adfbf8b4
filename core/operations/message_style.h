// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "core/base/ids.h"
#include "core/http/operation.h"

namespace gyre::operations {

/// How a wrong request is answered. AWS's regions went over from one to the other in 2026 (measured by the
/// dynamodb-conformance project: all but two by October for most operations, the first three for
/// transactions).
enum class MessageStyle {
  /// The first mistake, in the order of the checks, in Error::message. A few operations still report several
  /// mistakes of their enumerations at once.
  kCurrent,
  /// All members that AWS's model refuses, before anything else: "2 validation errors detected: ...; ...",
  /// and all mistakes in the older words (Error::older_message).
  kAggregated,
};

/// `operation`, which answers in the words of `style`.
std::unique_ptr<http::Operation> with_message_style(MessageStyle style, std::string_view name,
                                                    std::unique_ptr<http::Operation> operation,
                                                    const RegionId& region);

}  // namespace gyre::operations
