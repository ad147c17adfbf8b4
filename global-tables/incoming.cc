// SPDX-License-Identifier: Apache-2.0
#include "global-tables/incoming.h"

#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "core/base/limits.h"
#include "core/model/item_codec.h"
#include "core/storage/change_record.h"

namespace gyre::global_tables {
namespace {

// Lives of tables that ever wrote to one item.
constexpr std::size_t kVectorEntriesMax = 1024;

Status check_image(const KeySchema& schema, const ItemKey& key, std::string_view image) {
  ASSIGN_OR_RETURN(const Item item, decode_item(image));
  ASSIGN_OR_RETURN(const ItemKey image_key, item_key(schema, item, /*exact=*/false));
  if (image_key != key) return Error::corruption("the image belongs to another key");
  if (dynamodb_size(item) > limits::kItemBytesMax) return Error::corruption("the item is too large");
  return {};
}

// Names and stamps that are kept and shown: bounded, and of the letters that names of regions have.
Status check_origin(const storage::ChangeRecord& record) {
  for (const RegionId* region : {&record.version.region, &record.origin.region}) {
    const std::string& name = region->name();
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; });
    if (name.size() > limits::kNameBytesMax || !plain) return Error::corruption("a region's name is none");
  }
  if (record.vector.entries().size() > kVectorEntriesMax) {
    return Error::corruption("its vector names more members than a group ever has");
  }
  return {};
}

Result<IncomingRecord> check(const storage::ChangeRecord& record, const KeySchema& schema,
                             const RegionId& peer, RecordSource source) {
  using storage::ChangeKind;
  if (record.kind == ChangeKind::kCatalog)
    return Error::corruption("a catalog change stands among the items");
  // A touch repeats what stood there before: an item, or that there is none.
  if (record.kind != ChangeKind::kTouch && (record.kind == ChangeKind::kRemove) != record.new_image.empty()) {
    return Error::corruption("kind and image do not agree");
  }
  if (record.version.clock == 0) return Error::corruption("it has no version");
  RETURN_IF_ERROR(check_origin(record));
  if (source == RecordSource::kLog && record.origin.region != peer) {
    return Error::corruption(fmt::format("its origin is {}", record.origin.region.name()));
  }
  IncomingRecord incoming;
  ASSIGN_OR_RETURN(const Item keys, decode_item(record.keys));
  ASSIGN_OR_RETURN(incoming.key, item_key(schema, keys, /*exact=*/true));
  incoming.keys = record.keys;
  if (!record.new_image.empty()) {
    RETURN_IF_ERROR(check_image(schema, incoming.key, record.new_image));
    incoming.write.image = record.new_image;
  }
  incoming.write.version = record.version;
  incoming.write.vector = record.vector;
  incoming.write.origin = record.origin;
  incoming.write.backfill = source == RecordSource::kScan;
  incoming.write.audit = record.audit;
  bound(incoming.write.audit);
  return incoming;
}

}  // namespace

Result<IncomingRecord> decode_incoming(std::string_view bytes, const KeySchema& schema, const RegionId& peer,
                                       RecordSource source) {
  ASSIGN_OR_RETURN(const storage::ChangeRecord record, storage::decode_change_record(bytes));
  Result<IncomingRecord> incoming = check(record, schema, peer, source);
  if (!incoming.ok()) {
    return Error::corruption(fmt::format("record {} of shard {} from {} cannot be applied: {}",
                                         record.sequence.value(), record.shard.value(), peer.name(),
                                         incoming.error().message));
  }
  incoming->commit_time = record.commit_time;
  incoming->after.shard = record.shard;
  incoming->after.sequence = record.sequence;
  incoming->after.ordinal = record.ordinal;
  incoming->after.checksum = storage::change_record_checksum(bytes);
  return incoming;
}

}  // namespace gyre::global_tables
