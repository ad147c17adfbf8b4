// SPDX-License-Identifier: Apache-2.0
#include "streams/record_json.h"

#include <fmt/core.h>

#include <string_view>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/json/attribute_json.h"
#include "core/model/item_codec.h"
#include "core/model/version.h"
#include "core/storage/catalog.h"

namespace gyre::streams {
namespace {

using storage::ChangeKind;
using storage::ChangeRecord;

std::string_view event_name(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kInsert:
      return "INSERT";
    case ChangeKind::kModify:
      return "MODIFY";
    case ChangeKind::kRemove:
      return "REMOVE";
    case ChangeKind::kTouch:
      return "TOUCH";
    case ChangeKind::kCatalog:
      return "CATALOG";
  }
  fatal("a change record of an unknown kind");
}

// 32 hex digits, as AWS's look. The second half is the sequence, shuffled one to one; the first tells regions
// and shards apart. A shard's id is the time of its opening, so another life of a store gives other ids.
std::string event_id(const ChangeRecord& record, const std::string& serving_region) {
  std::string source = serving_region;
  append_u64_be(source, record.shard.value());
  const std::uint64_t high = hash64(source);
  append_u64_be(source, high);
  return fmt::format("{:016x}{:016x}", high, hash64(source) ^ record.sequence.value());
}

bool is_expiry(const ChangeRecord& record) {
  return record.kind == ChangeKind::kRemove && gyre::is_expiry(record.version);
}

void write_user_identity(json::Writer& writer) {
  writer.key("userIdentity").begin_object();
  writer.member("PrincipalId", "dynamodb.amazonaws.com").member("Type", "Service").end_object();
}

Result<std::size_t> image_size(std::string_view image) {
  ASSIGN_OR_RETURN(const Item item, decode_item(image));
  return dynamodb_size(item);
}

Status write_image(json::Writer& writer, std::string_view name, std::string_view image) {
  if (image.empty()) return {};
  writer.key(name);
  return json::write_encoded_item(writer, image);
}

// `shown` picks what the view type lets through; images of a missing side stay absent.
struct ShownImages {
  std::string_view old_image;
  std::string_view new_image;
};
ShownImages shown(const ChangeRecord& record, StreamViewType view_type) {
  const bool both = view_type == StreamViewType::kNewAndOldImages;
  ShownImages images;
  if (both || view_type == StreamViewType::kOldImage) images.old_image = record.old_image;
  if (both || view_type == StreamViewType::kNewImage) images.new_image = record.new_image;
  return images;
}

Status write_dynamodb(json::Writer& writer, const ChangeRecord& record, StreamViewType view_type) {
  const ShownImages images = shown(record, view_type);
  ASSIGN_OR_RETURN(std::size_t size_bytes, image_size(record.keys));
  for (const std::string_view image : {images.old_image, images.new_image}) {
    if (image.empty()) continue;
    ASSIGN_OR_RETURN(const std::size_t bytes, image_size(image));
    size_bytes += bytes;
  }
  writer.begin_object();
  // Whole seconds: fractions break AWS's Java adapter.
  writer.key("ApproximateCreationDateTime").unsigned_integer(hybrid_to_ms(record.commit_time) / 1000);
  RETURN_IF_ERROR(write_image(writer, "Keys", record.keys));
  RETURN_IF_ERROR(write_image(writer, "NewImage", images.new_image));
  RETURN_IF_ERROR(write_image(writer, "OldImage", images.old_image));
  writer.member("SequenceNumber", storage::sequence_text(record.sequence));
  writer.key("SizeBytes").unsigned_integer(size_bytes);
  writer.member("StreamViewType", stream_view_type_name(view_type));
  writer.end_object();
  return {};
}

void write_version(json::Writer& writer, std::string_view name, const Version& version) {
  writer.key(name).begin_object();
  writer.key("clock").unsigned_integer(version.clock);
  writer.key("ms").unsigned_integer(hybrid_to_ms(version.clock));
  writer.member("region", version.region.name());
  writer.end_object();
}

void write_vector(json::Writer& writer, const VersionVector& vector) {
  writer.key("vector").begin_array();
  for (const VersionVector::Entry& entry : vector.entries()) {
    writer.begin_object();
    writer.key("incarnation").unsigned_integer(entry.incarnation.value());
    writer.key("clock").unsigned_integer(entry.clock);
    writer.end_object();
  }
  writer.end_array();
}

void write_origin(json::Writer& writer, const storage::Origin& origin) {
  writer.key("origin").begin_object();
  writer.member("region", origin.region.name());
  writer.key("incarnation").unsigned_integer(origin.incarnation.value());
  writer.key("sequence").unsigned_integer(origin.sequence.value());
  writer.end_object();
}

}  // namespace

bool visible_to_users(const ChangeRecord& record) {
  return record.kind == ChangeKind::kInsert || record.kind == ChangeKind::kModify ||
         record.kind == ChangeKind::kRemove;
}

Status write_stream_record(json::Writer& writer, const ChangeRecord& record, StreamViewType view_type,
                           const std::string& serving_region) {
  CHECK(visible_to_users(record));
  writer.begin_object();
  writer.member("eventID", event_id(record, serving_region));
  writer.member("eventName", event_name(record.kind));
  writer.member("eventVersion", "1.1");
  writer.member("eventSource", "aws:dynamodb");
  writer.member("awsRegion", serving_region);
  writer.key("dynamodb");
  RETURN_IF_ERROR(write_dynamodb(writer, record, view_type));
  // AWS marks it in the region that expired the item only.
  if (is_expiry(record) && record.origin.region.name() == serving_region) write_user_identity(writer);
  writer.end_object();
  return {};
}

Status write_full_record(json::Writer& writer, const ChangeRecord& record, const std::string& table_name) {
  writer.begin_object();
  writer.member("table", table_name);
  writer.member("event", event_name(record.kind));
  writer.member("shard", storage::shard_id_text(record.shard));
  writer.member("sequence", storage::sequence_text(record.sequence));
  writer.key("ordinal").unsigned_integer(record.ordinal.value());
  writer.key("cumulative_bytes").unsigned_integer(record.cumulative_bytes);
  writer.key("commit_ms").unsigned_integer(hybrid_to_ms(record.commit_time));
  RETURN_IF_ERROR(write_image(writer, "keys", record.keys));
  RETURN_IF_ERROR(write_image(writer, "old_image", record.old_image));
  RETURN_IF_ERROR(write_image(writer, "new_image", record.new_image));
  write_version(writer, "version", record.version);
  write_vector(writer, record.vector);
  if (record.replaced.clock != 0) write_version(writer, "replaced", record.replaced);
  write_origin(writer, record.origin);
  if (record.transaction_id != 0) {
    writer.key("transaction_id").unsigned_integer(record.transaction_id);
    writer.key("participant_count").unsigned_integer(record.participant_count);
  }
  writer.member("principal", record.principal);
  writer.member("request_id", record.request_id);
  if (is_expiry(record)) write_user_identity(writer);
  if (record.backfill) writer.key("backfill").boolean(true);
  writer.end_object();
  return {};
}

}  // namespace gyre::streams
