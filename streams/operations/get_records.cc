// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>
#include <vector>

#include "core/api/function_read.h"
#include "core/base/limits.h"
#include "core/json/json_writer.h"
#include "streams/operations/operation_list.h"
#include "streams/operations/shard_iterator.h"
#include "streams/operations/stream_lookup.h"
#include "streams/operations/stream_request.h"
#include "streams/record_json.h"

namespace gyre::streams {
namespace {

struct GetRecordsRequest {
  ShardIterator iterator;
  std::size_t limit = 0;
};

Result<GetRecordsRequest> read_get_records(const api::RequestReader& body, std::uint64_t now_ms) {
  GetRecordsRequest request;
  ASSIGN_OR_RETURN(const std::string_view text, body.required_string("ShardIterator"));
  ASSIGN_OR_RETURN(request.limit, read_limit(body, limits::kGetRecordsMax));
  ASSIGN_OR_RETURN(request.iterator, decode_shard_iterator(text, now_ms));
  return request;
}

// To users of this API every way in which an iterator's place can be gone is one: the data was trimmed. The
// message tells them apart.
Error as_trimmed(Error error) {
  switch (error.code) {
    case ErrorCode::kWrongEpoch:
    case ErrorCode::kAheadOfHead:
    case ErrorCode::kRecordDiffers:
      return Error(ErrorCode::kTrimmed, std::move(error.message));
    default:
      return error;
  }
}

// Reads up to the limits; touches are read over. Answers the records as JSON, and moves `cursor` behind what
// was read.
Status write_records(storage::Store& store, const UserStream& stream, std::size_t limit,
                     storage::ReadTier tier, storage::LogCursor& cursor, json::Writer& writer) {
  // The log shows a record a moment before its item can be read: until then it has not come.
  const std::optional<storage::ShardHead> head = store.writer().head(cursor.shard);
  Result<storage::LogSlice> slice = store.change_log().read(cursor, limit, limits::kGetRecordsBytesMax, tier);
  if (!slice.ok()) return as_trimmed(std::move(slice).error());
  for (const storage::LogEntry& entry : *slice) {
    if (!head || entry.sequence > head->sequence) break;
    cursor = store.change_log().after(cursor.shard, entry);
    ASSIGN_OR_RETURN(const storage::ChangeRecord record, storage::decode_change_record(entry.bytes));
    if (!visible_to_users(record)) continue;
    RETURN_IF_ERROR(write_stream_record(writer, record, stream.descriptor.view_type, store.region().name()));
  }
  return {};
}

Result<std::string> get_records(storage::Store& store, const GetRecordsRequest& request,
                                storage::ReadTier tier) {
  // The catalog first: a shard that is closed in it has all its records in the log.
  const auto catalog = store.catalog().snapshot();
  ASSIGN_OR_RETURN(const UserStream stream, find_stream(store, *catalog, request.iterator.stream_arn));
  storage::LogCursor cursor = request.iterator.cursor;
  const storage::ShardDescriptor* shard = stream.table->find_shard(cursor.shard);
  if (shard == nullptr) {
    return Error(ErrorCode::kTrimmed,
                 "The operation attempted to read past the oldest stream record in a shard");
  }
  std::string reply;
  json::Writer writer(reply);
  writer.begin_object().key("Records").begin_array();
  RETURN_IF_ERROR(write_records(store, stream, request.limit, tier, cursor, writer));
  writer.end_array();
  const bool at_end = !shard->open() && cursor.sequence >= shard->last_sequence;
  if (!at_end) {
    const std::uint64_t now_ms = store.clock().now_ms();
    writer.member("NextShardIterator", encode_shard_iterator({request.iterator.stream_arn, cursor, now_ms}));
  }
  writer.end_object();
  return reply;
}

class GetRecords final : public api::ParsedOperation<GetRecordsRequest> {
 public:
  explicit GetRecords(storage::Store& store) : store_(store) {}

 private:
  Result<GetRecordsRequest> parse(const api::RequestReader& request) const override {
    return read_get_records(request, store_.clock().now_ms());
  }

  api::Intents intents(const GetRecordsRequest& asked) const override {
    return stream_intent("dynamodb:GetRecords", asked.iterator.stream_arn);
  }

  void execute(GetRecordsRequest asked, const http::Request& request, http::Responder respond) override {
    api::run_read(store_.read_pool(), *request.sink,
                  api::read_by([&store = store_, asked = std::move(asked)](storage::ReadTier tier) {
                    return get_records(store, asked, tier);
                  }),
                  std::move(respond));
  }

  storage::Store& store_;
};

}  // namespace

std::unique_ptr<http::Operation> make_get_records(storage::Store& store) {
  return std::make_unique<GetRecords>(store);
}

}  // namespace gyre::streams
