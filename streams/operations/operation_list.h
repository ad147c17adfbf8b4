// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/http/operation.h"
#include "core/storage/store.h"

namespace gyre::streams {

// One operation per file; each borrows the store.
std::unique_ptr<http::Operation> make_list_streams(storage::Store& store);
std::unique_ptr<http::Operation> make_describe_stream(storage::Store& store);
std::unique_ptr<http::Operation> make_get_shard_iterator(storage::Store& store);
std::unique_ptr<http::Operation> make_get_records(storage::Store& store);

}  // namespace gyre::streams
