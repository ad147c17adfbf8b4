// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/http/router.h"
#include "core/storage/store.h"

namespace gyre::streams {

/// Adds the four operations of the AWS Streams API, "DynamoDBStreams_20120810.ListStreams" and its kin. Both
/// outlive the server.
void add_stream_operations(http::Router& router, storage::Store& store);

}  // namespace gyre::streams
