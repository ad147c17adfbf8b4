// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/api/function_read.h"
#include "core/json/json_writer.h"
#include "streams/operations/operation_list.h"
#include "streams/operations/shard_iterator.h"
#include "streams/operations/stream_lookup.h"
#include "streams/operations/stream_request.h"

namespace gyre::streams {
namespace {

enum class IteratorType { kAfterSequenceNumber, kLatest, kAtSequenceNumber, kTrimHorizon };
// In the order of the model.
constexpr std::array<std::string_view, 4> kIteratorTypes = {"AFTER_SEQUENCE_NUMBER", "LATEST",
                                                            "AT_SEQUENCE_NUMBER", "TRIM_HORIZON"};

struct GetShardIteratorRequest {
  std::string stream_arn;
  std::string shard_id;
  IteratorType type = IteratorType::kTrimHorizon;
  SequenceNumber sequence;
};

Result<GetShardIteratorRequest> read_get_shard_iterator(const api::RequestReader& body) {
  GetShardIteratorRequest request;
  ASSIGN_OR_RETURN(request.stream_arn, body.required_string("StreamArn"));
  ASSIGN_OR_RETURN(request.shard_id, body.required_string("ShardId"));
  ASSIGN_OR_RETURN(const std::optional<IteratorType> type,
                   body.choice<IteratorType>("ShardIteratorType", kIteratorTypes));
  if (!type) return api::missing_member_error(body.path_of("ShardIteratorType"));
  request.type = *type;
  ASSIGN_OR_RETURN(const std::optional<std::string> sequence, optional_text(body, "SequenceNumber"));
  const bool needs_sequence =
      request.type == IteratorType::kAtSequenceNumber || request.type == IteratorType::kAfterSequenceNumber;
  if (needs_sequence != sequence.has_value()) {
    return Error::validation(
        needs_sequence ? "A SequenceNumber is required for AT_SEQUENCE_NUMBER and AFTER_SEQUENCE_NUMBER"
                       : "A SequenceNumber is not allowed with TRIM_HORIZON and LATEST");
  }
  if (sequence) {
    ASSIGN_OR_RETURN(request.sequence, storage::parse_sequence(*sequence));
  }
  return request;
}

// A sequence number must be one that the shard can have shown: its range's ends, or a record's.
Status check_sequence(const storage::ShardDescriptor& shard, SequenceNumber head, SequenceNumber sequence) {
  if (sequence < shard.first_sequence) {
    return Error(ErrorCode::kTrimmed, "The sequence number lies before the oldest record of the shard");
  }
  if (sequence > std::max({head, shard.first_sequence, shard.last_sequence})) {
    return Error::validation("Invalid SequenceNumber: it lies after the newest record of the shard");
  }
  return {};
}

Result<storage::LogCursor> find_place(storage::Store& store, const storage::ShardDescriptor& shard,
                                      const GetShardIteratorRequest& request, storage::ReadTier tier) {
  const storage::ChangeLog& log = store.change_log();
  if (request.type == IteratorType::kTrimHorizon) return storage::LogCursor{log.epoch(), shard.id, {}, {}, 0};
  if (request.type == IteratorType::kLatest) return log.seek_to_end(shard.id, tier);
  const auto head = store.writer().head(shard.id);
  RETURN_IF_ERROR(check_sequence(shard, head ? head->sequence : SequenceNumber(), request.sequence));
  const bool after = request.type == IteratorType::kAfterSequenceNumber;
  return log.seek(shard.id, SequenceNumber(request.sequence.value() + (after ? 1 : 0)), tier);
}

class GetShardIterator final : public api::ParsedOperation<GetShardIteratorRequest> {
 public:
  explicit GetShardIterator(storage::Store& store) : store_(store) {}

 private:
  Result<GetShardIteratorRequest> parse(const api::RequestReader& request) const override {
    return read_get_shard_iterator(request);
  }

  api::Intents intents(const GetShardIteratorRequest& asked) const override {
    return stream_intent("dynamodb:GetShardIterator", asked.stream_arn);
  }

  void execute(GetShardIteratorRequest asked, const http::Request& request,
               http::Responder respond) override {
    api::run_read(store_.read_pool(), *request.sink,
                  api::read_by([&store = store_, asked = std::move(asked)](storage::ReadTier tier) {
                    return answer(store, asked, tier);
                  }),
                  std::move(respond));
  }

  static Result<std::string> answer(storage::Store& store, const GetShardIteratorRequest& request,
                                    storage::ReadTier tier) {
    const auto catalog = store.catalog().snapshot();
    ASSIGN_OR_RETURN(const UserStream stream, find_stream(store, *catalog, request.stream_arn));
    const storage::ShardDescriptor* shard = stream.find_shard(request.shard_id);
    if (shard == nullptr) {
      return Error::resource_not_found("Requested resource not found: Shard does not exist");
    }
    ASSIGN_OR_RETURN(const storage::LogCursor cursor, find_place(store, *shard, request, tier));
    std::string reply;
    json::Writer writer(reply);
    writer.begin_object();
    writer.member("ShardIterator",
                  encode_shard_iterator({request.stream_arn, cursor, store.clock().now_ms()}));
    writer.end_object();
    return reply;
  }

  storage::Store& store_;
};

}  // namespace

std::unique_ptr<http::Operation> make_get_shard_iterator(storage::Store& store) {
  return std::make_unique<GetShardIterator>(store);
}

}  // namespace gyre::streams
