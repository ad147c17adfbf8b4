// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/http/router.h"
#include "core/operations/message_style.h"
#include "core/operations/requests/dependencies.h"

/// The door of the room: DynamoDB's operations on tables and items, one per file.
namespace gyre::operations {

/// Adds every operation of the public DynamoDB API (DynamoDB_20120810) to `router`: those that are built, and
/// the names of those that are not, so that they answer with their name. Streams operations are the streams
/// room's.
void add_operations(http::Router& router, const Dependencies& dependencies,
                    MessageStyle style = MessageStyle::kCurrent);

}  // namespace gyre::operations
