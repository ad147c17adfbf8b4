// SPDX-License-Identifier: Apache-2.0
#include "streams/operations/stream_lookup.h"

namespace gyre::streams {

api::Intents stream_intent(std::string_view action, std::string_view arn) {
  const Result<StreamArn> stream = parse_stream_arn(arn);
  if (!stream.ok()) return {{action, api::Resource::any()}};
  return {{action, api::Resource::of_stream(stream->table_name, stream->label)}};
}

std::vector<storage::ShardDescriptor> UserStream::shards() const {
  std::vector<storage::ShardDescriptor> shards;
  for (const storage::ShardDescriptor& shard : table->shards) {
    if (shard.stream_label == descriptor.label) shards.push_back(shard);
  }
  return shards;
}

const storage::ShardDescriptor* UserStream::find_shard(std::string_view shard_id) const {
  const Result<ShardId> id = storage::parse_shard_id(shard_id);
  if (!id.ok()) return nullptr;
  const storage::ShardDescriptor* shard = table->find_shard(*id);
  return shard != nullptr && shard->stream_label == descriptor.label ? shard : nullptr;
}

std::optional<ShardId> UserStream::parent_of(const storage::ShardDescriptor& shard) const {
  if (!shard.parent) return std::nullopt;
  const storage::ShardDescriptor* parent = table->find_shard(*shard.parent);
  // A trimmed parent is still named, but not what came before the stream was enabled: enabling rolls the
  // shards.
  const bool ours =
      parent != nullptr ? parent->stream_label == descriptor.label : shard.opened_ms > descriptor.enabled_ms;
  return ours ? shard.parent : std::nullopt;
}

std::vector<UserStream> streams_of(storage::TablePointer table) {
  std::vector<UserStream> streams;
  for (const StreamDescriptor& descriptor : table->schema.streams) {
    UserStream stream{table, descriptor};
    if (stream.enabled() || !stream.shards().empty()) streams.push_back(std::move(stream));
  }
  return streams;
}

Result<UserStream> find_stream(const storage::Store& store, const storage::CatalogSnapshot& catalog,
                               std::string_view arn_text) {
  ASSIGN_OR_RETURN(const StreamArn arn, parse_stream_arn(arn_text));
  if (arn.region == store.region()) {
    for (const auto& [id, table] : catalog.tables()) {
      if (table->schema.name != arn.table_name) continue;
      for (UserStream& stream : streams_of(table)) {
        if (stream.descriptor.label == arn.label) return std::move(stream);
      }
    }
  }
  return Error::resource_not_found("Requested resource not found: Stream: " + std::string(arn_text) +
                                   " not found");
}

}  // namespace gyre::streams
