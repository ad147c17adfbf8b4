// SPDX-License-Identifier: Apache-2.0
#include "core/api/model/shapes.h"

// DynamoDB Streams.
//
// Source: botocore 1.29; the rows marked SDK from the schemas of @aws-sdk/client-dynamodb-streams 3.1169. The
// most that `Limit` may be is what the API's documentation says.
namespace gyre::api::model {
namespace {

constexpr Shape kStreamArn = text({37, 1024});
constexpr Shape kShardId = text({28, 65});
constexpr Shape kPageLimit = whole({1, 100});
constexpr Shape kRecordsLimit = whole({1, 1000});
constexpr Shape kStreamTableName = text({3, 255}, R"([a-zA-Z0-9_.-]+)");

// --- ListStreams ---
constexpr Member kListStreamsInputMembers[] = {
    {"TableName", &kStreamTableName},
    {"Limit", &kPageLimit},
    {"ExclusiveStartStreamArn", &kStreamArn},
};
constexpr Shape kListStreamsInput = structure("ListStreamsInput", kListStreamsInputMembers);

// --- DescribeStream ---
// SDK
constexpr std::string_view kShardFilterTypeValues[] = {"CHILD_SHARDS"};
constexpr Shape kShardFilterType = one_of(kShardFilterTypeValues);
// SDK
constexpr Member kShardFilterMembers[] = {
    {"Type", &kShardFilterType},
    {"ShardId", &kShardId},
};
constexpr Shape kShardFilter = structure("ShardFilter", kShardFilterMembers);
constexpr Member kDescribeStreamInputMembers[] = {
    {"StreamArn", &kStreamArn, kRequired},
    {"Limit", &kPageLimit},
    {"ExclusiveStartShardId", &kShardId},
    {"ShardFilter", &kShardFilter},  // SDK
};
constexpr Shape kDescribeStreamInput = structure("DescribeStreamInput", kDescribeStreamInputMembers);

// --- GetShardIterator ---
constexpr std::string_view kShardIteratorTypeValues[] = {"AFTER_SEQUENCE_NUMBER", "LATEST",
                                                         "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"};
constexpr Shape kShardIteratorType = one_of(kShardIteratorTypeValues);
constexpr Shape kSequenceNumber = text({21, 40});
constexpr Member kGetShardIteratorInputMembers[] = {
    {"StreamArn", &kStreamArn, kRequired},
    {"ShardId", &kShardId, kRequired},
    {"ShardIteratorType", &kShardIteratorType, kRequired},
    {"SequenceNumber", &kSequenceNumber},
};
constexpr Shape kGetShardIteratorInput = structure("GetShardIteratorInput", kGetShardIteratorInputMembers);

// --- GetRecords ---
constexpr Shape kShardIterator = text({1, 2048});
constexpr Member kGetRecordsInputMembers[] = {
    {"ShardIterator", &kShardIterator, kRequired},
    {"Limit", &kRecordsLimit},
};
constexpr Shape kGetRecordsInput = structure("GetRecordsInput", kGetRecordsInputMembers);

constexpr Operation kOperations[] = {
    {"ListStreams", &kListStreamsInput},
    {"DescribeStream", &kDescribeStreamInput},
    {"GetShardIterator", &kGetShardIteratorInput},
    {"GetRecords", &kGetRecordsInput},
};

}  // namespace

std::span<const Operation> stream_operations() {
  return kOperations;
}

}  // namespace gyre::api::model
