// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/api/parsed_operation.h"
#include "core/storage/catalog.h"
#include "core/storage/store.h"
#include "streams/stream_arn.h"

namespace gyre::streams {

/// One user stream with its table at one moment. Disabled streams, and those of deleted tables, are found
/// until their last shard is trimmed. Holds the snapshot's table alive.
struct UserStream {
  storage::TablePointer table;
  StreamDescriptor descriptor;

  bool enabled() const { return !descriptor.disabled_ms && !table->schema.deleted_ms; }
  /// Its shards in the order of their ids.
  std::vector<storage::ShardDescriptor> shards() const;
  /// nullptr if it is not of this stream.
  const storage::ShardDescriptor* find_shard(std::string_view shard_id) const;
  /// The shard's parent as far as it belongs to the same stream.
  std::optional<ShardId> parent_of(const storage::ShardDescriptor& shard) const;
};

/// `action` on the stream of an ARN; on no stream in particular if it is no stream's ARN.
api::Intents stream_intent(std::string_view action, std::string_view arn);

/// All streams of one table, oldest first.
std::vector<UserStream> streams_of(storage::TablePointer table);
/// kValidation for a malformed ARN, kResourceNotFound for one that names nothing here.
Result<UserStream> find_stream(const storage::Store& store, const storage::CatalogSnapshot& catalog,
                               std::string_view arn_text);

}  // namespace gyre::streams
