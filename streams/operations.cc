// SPDX-License-Identifier: Apache-2.0
#include "streams/operations.h"

#include "streams/operations/operation_list.h"

namespace gyre::streams {

void add_stream_operations(http::Router& router, storage::Store& store) {
  router.add("DynamoDBStreams_20120810.ListStreams", make_list_streams(store));
  router.add("DynamoDBStreams_20120810.DescribeStream", make_describe_stream(store));
  router.add("DynamoDBStreams_20120810.GetShardIterator", make_get_shard_iterator(store));
  router.add("DynamoDBStreams_20120810.GetRecords", make_get_records(store));
}

}  // namespace gyre::streams
