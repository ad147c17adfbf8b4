// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/json/json_writer.h"
#include "streams/operations/operation_list.h"
#include "streams/operations/stream_lookup.h"
#include "streams/operations/stream_request.h"

namespace gyre::streams {
namespace {

struct DescribeStreamRequest {
  std::string stream_arn;
  std::size_t limit = 0;
  std::optional<std::string> start_shard;
  std::optional<std::string> children_of;  ///< ShardFilter CHILD_SHARDS
};

Result<std::optional<std::string>> parse_shard_filter(const api::RequestReader& body) {
  ASSIGN_OR_RETURN(const std::optional<api::RequestReader> filter, body.structure("ShardFilter"));
  if (!filter) return std::optional<std::string>();
  if (!filter->has("Type")) return Error::validation("ShardFilter needs a Type");
  ASSIGN_OR_RETURN(std::optional<std::string> shard, optional_text(*filter, "ShardId"));
  if (!shard) return Error::validation("ShardFilter of type CHILD_SHARDS needs a ShardId");
  return shard;
}

Result<DescribeStreamRequest> read_describe_stream(const api::RequestReader& body) {
  DescribeStreamRequest request;
  ASSIGN_OR_RETURN(request.stream_arn, body.required_string("StreamArn"));
  ASSIGN_OR_RETURN(request.limit, read_limit(body, limits::kDescribeStreamShardsMax));
  ASSIGN_OR_RETURN(request.start_shard, optional_text(body, "ExclusiveStartShardId"));
  ASSIGN_OR_RETURN(request.children_of, parse_shard_filter(body));
  return request;
}

// The shards that the request asks for, without its limit. AWS answers an unknown start with an empty page.
std::vector<storage::ShardDescriptor> wanted_shards(const UserStream& stream,
                                                    const DescribeStreamRequest& request) {
  if (request.start_shard && stream.find_shard(*request.start_shard) == nullptr) return {};
  std::vector<storage::ShardDescriptor> wanted;
  for (storage::ShardDescriptor& shard : stream.shards()) {
    if (request.start_shard && storage::shard_id_text(shard.id) <= *request.start_shard) continue;
    if (request.children_of) {
      const std::optional<ShardId> parent = stream.parent_of(shard);
      if (!parent || storage::shard_id_text(*parent) != *request.children_of) continue;
    }
    wanted.push_back(std::move(shard));
  }
  return wanted;
}

void write_shard(json::Writer& writer, const UserStream& stream, const storage::ShardDescriptor& shard) {
  writer.begin_object().member("ShardId", storage::shard_id_text(shard.id));
  if (const auto parent = stream.parent_of(shard))
    writer.member("ParentShardId", storage::shard_id_text(*parent));
  writer.key("SequenceNumberRange").begin_object();
  writer.member("StartingSequenceNumber", storage::sequence_text(shard.first_sequence));
  if (!shard.open()) {
    // A closed shard without records ends where it starts.
    const SequenceNumber last = std::max(shard.first_sequence, shard.last_sequence);
    writer.member("EndingSequenceNumber", storage::sequence_text(last));
  }
  writer.end_object().end_object();
}

void write_key_schema(json::Writer& writer, const KeySchema& key_schema) {
  writer.key("KeySchema").begin_array();
  writer.begin_object();
  writer.member("AttributeName", key_schema.partition.name).member("KeyType", "HASH").end_object();
  if (key_schema.sort) {
    writer.begin_object()
        .member("AttributeName", key_schema.sort->name)
        .member("KeyType", "RANGE")
        .end_object();
  }
  writer.end_array();
}

Result<std::string> describe_stream(const storage::Store& store, const storage::CatalogSnapshot& catalog,
                                    const DescribeStreamRequest& request) {
  ASSIGN_OR_RETURN(const UserStream stream, find_stream(store, catalog, request.stream_arn));
  const std::vector<storage::ShardDescriptor> shards = wanted_shards(stream, request);
  const std::size_t page = std::min(request.limit, shards.size());

  std::string reply;
  json::Writer writer(reply);
  writer.begin_object().key("StreamDescription").begin_object();
  writer.member("StreamArn", request.stream_arn).member("StreamLabel", stream.descriptor.label);
  writer.member("StreamStatus", stream.enabled() ? "ENABLED" : "DISABLED");
  writer.member("StreamViewType", stream_view_type_name(stream.descriptor.view_type));
  writer.key("CreationRequestDateTime").number(static_cast<double>(stream.descriptor.enabled_ms) / 1000);
  writer.member("TableName", stream.table->schema.name);
  write_key_schema(writer, stream.table->schema.key_schema);
  writer.key("Shards").begin_array();
  for (std::size_t i = 0; i < page; ++i) write_shard(writer, stream, shards[i]);
  writer.end_array();
  if (page < shards.size())
    writer.member("LastEvaluatedShardId", storage::shard_id_text(shards[page - 1].id));
  writer.end_object().end_object();
  return reply;
}

class DescribeStream final : public api::ParsedOperation<DescribeStreamRequest> {
 public:
  explicit DescribeStream(storage::Store& store) : store_(store) {}

 private:
  Result<DescribeStreamRequest> parse(const api::RequestReader& request) const override {
    return read_describe_stream(request);
  }
  api::Intents intents(const DescribeStreamRequest& request) const override {
    return stream_intent("dynamodb:DescribeStream", request.stream_arn);
  }
  void execute(DescribeStreamRequest wanted, const http::Request&, http::Responder respond) override {
    respond(describe_stream(store_, *store_.catalog().snapshot(), wanted));
  }

  storage::Store& store_;
};

}  // namespace

std::unique_ptr<http::Operation> make_describe_stream(storage::Store& store) {
  return std::make_unique<DescribeStream>(store);
}

}  // namespace gyre::streams
