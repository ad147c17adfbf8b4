// SPDX-License-Identifier: Apache-2.0
#include "streams/record_json.h"

#include <fmt/core.h>

#include <string>
#include <string_view>

#include "core/json/attribute_json.h"
#include "core/json/utf8.h"
#include "core/model/version.h"
#include "core/storage/catalog.h"
#include "streams/record_parts.h"

namespace gyre::streams {
namespace {

using storage::ChangeRecord;

void write_user_identity(json::Writer& writer) {
  writer.key("userIdentity").begin_object();
  writer.member("PrincipalId", kExpiryPrincipal).member("Type", kExpiryPrincipalType).end_object();
}

Status write_image(json::Writer& writer, std::string_view name, std::string_view image) {
  if (image.empty()) return {};
  writer.key(name);
  return json::write_encoded_item(writer, image);
}

// `seconds` is the time as a JSON number.
Status write_dynamodb(json::Writer& writer, const ChangeRecord& record, StreamViewType view_type,
                      std::string_view seconds) {
  const ShownImages images = shown_images(record, view_type);
  ASSIGN_OR_RETURN(const std::size_t size_bytes, shown_bytes(record, images));
  writer.begin_object();
  writer.key("ApproximateCreationDateTime").raw(seconds);
  RETURN_IF_ERROR(write_image(writer, "Keys", record.keys));
  RETURN_IF_ERROR(write_image(writer, "NewImage", images.new_image));
  RETURN_IF_ERROR(write_image(writer, "OldImage", images.old_image));
  writer.member("SequenceNumber", storage::sequence_text(record.sequence));
  writer.key("SizeBytes").unsigned_integer(size_bytes);
  writer.member("StreamViewType", stream_view_type_name(view_type));
  writer.end_object();
  return {};
}

// The members that both forms of a record begin with.
void write_heading(json::Writer& writer, const ChangeRecord& record, const std::string& serving_region) {
  writer.member("eventID", event_id(record, serving_region));
  writer.member("eventName", event_name(record.kind));
  writer.member("eventVersion", kRecordVersion);
  writer.member("eventSource", kRecordSource);
  writer.member("awsRegion", serving_region);
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

// A peer, or a client's header, may say any bytes.
void write_audit(json::Writer& writer, const storage::Audit& audit) {
  writer.member("principal", json::to_utf8(audit.principal));
  writer.key("principal_verified").boolean(audit.verified);
  writer.member("request_id", json::to_utf8(audit.request_id));
  writer.member("source_address", json::to_utf8(audit.source_address));
  writer.member("user_agent", json::to_utf8(audit.user_agent));
}

bool visible_to_users(const ChangeRecord& record) {
  using enum storage::ChangeKind;
  return record.kind == kInsert || record.kind == kModify || record.kind == kRemove;
}

Status write_stream_record(json::Writer& writer, const ChangeRecord& record, StreamViewType view_type,
                           const std::string& serving_region) {
  CHECK(visible_to_users(record));
  writer.begin_object();
  write_heading(writer, record, serving_region);
  writer.key("dynamodb");
  RETURN_IF_ERROR(write_dynamodb(writer, record, view_type, std::to_string(creation_seconds(record))));
  if (shows_expiry(record, serving_region)) write_user_identity(writer);
  writer.end_object();
  return {};
}

Status write_lambda_record(json::Writer& writer, const ChangeRecord& record, const RecordView& view) {
  CHECK(visible_to_users(record));
  writer.begin_object();
  write_heading(writer, record, view.region);
  writer.key("dynamodb");
  RETURN_IF_ERROR(write_dynamodb(writer, record, view.view_type, lambda_seconds_text(record)));
  if (shows_expiry(record, view.region)) {
    writer.key("userIdentity").begin_object();
    writer.member("type", kExpiryPrincipalType).member("principalId", kExpiryPrincipal).end_object();
  }
  writer.member("eventSourceARN", view.stream_arn);
  writer.end_object();
  return {};
}

std::string lambda_seconds_text(const ChangeRecord& record) {
  return fmt::format("{}.0", creation_seconds(record));
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
  write_audit(writer, record.audit);
  if (is_expiry_record(record)) write_user_identity(writer);
  if (record.backfill) writer.key("backfill").boolean(true);
  writer.end_object();
  return {};
}

}  // namespace gyre::streams
