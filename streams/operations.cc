// SPDX-License-Identifier: Apache-2.0
#include "streams/operations.h"

#include <string>
#include <utility>

#include "core/api/checked_operation.h"
#include "core/api/model.h"
#include "core/base/limits.h"
#include "streams/operations/operation_list.h"

namespace gyre::streams {

void add_stream_operations(http::Router& router, storage::Store& store) {
  const auto add = [&](std::string_view name, std::unique_ptr<http::Operation> operation,
                       http::ReplyRoom room = {}) {
    api::add_plain_operation(router, std::string(api::kDynamoDBStreams).append(name), store.region(),
                             std::move(operation), room);
  };
  add("ListStreams", make_list_streams(store));
  add("DescribeStream", make_describe_stream(store));
  add("GetShardIterator", make_get_shard_iterator(store));
  add("GetRecords", make_get_records(store), {2 * limits::kGetRecordsBytesMax, true});
}

}  // namespace gyre::streams
