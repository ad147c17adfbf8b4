// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <optional>
#include <utility>

#include "core/json/json_writer.h"
#include "streams/operations/operation_list.h"
#include "streams/operations/stream_lookup.h"
#include "streams/operations/stream_request.h"

namespace gyre::streams {
namespace {

struct ListStreamsRequest {
  std::optional<std::string> table_name;
  std::size_t limit = 0;
  std::optional<std::string> start_arn;
};

Result<ListStreamsRequest> read_list_streams(const api::RequestReader& body) {
  ListStreamsRequest request;
  ASSIGN_OR_RETURN(request.table_name, optional_text(body, "TableName"));
  ASSIGN_OR_RETURN(request.limit, read_limit(body, limits::kListStreamsMax));
  ASSIGN_OR_RETURN(request.start_arn, optional_text(body, "ExclusiveStartStreamArn"));
  if (request.start_arn) {
    ASSIGN_OR_RETURN(const StreamArn arn, parse_stream_arn(*request.start_arn));
  }
  return request;
}

// Streams by ARN: an order in which paging goes on even if the stream of the cookie is gone by then.
Result<std::map<std::string, UserStream>> matching_streams(const storage::Store& store,
                                                           const storage::CatalogSnapshot& catalog,
                                                           const ListStreamsRequest& request) {
  std::map<std::string, UserStream> streams;
  bool table_known = !request.table_name.has_value();
  for (const auto& [id, table] : catalog.tables()) {
    if (request.table_name && table->schema.name != *request.table_name) continue;
    table_known = true;
    for (UserStream& stream : streams_of(table)) {
      std::string arn = stream_arn_text({store.region(), table->schema.name, stream.descriptor.label});
      streams.emplace(std::move(arn), std::move(stream));
    }
  }
  if (!table_known) {
    return Error::resource_not_found("Requested resource not found: Table: " + *request.table_name +
                                     " not found");
  }
  return streams;
}

Result<std::string> list_streams(const storage::Store& store, const storage::CatalogSnapshot& catalog,
                                 const ListStreamsRequest& request) {
  ASSIGN_OR_RETURN(const auto streams, matching_streams(store, catalog, request));
  std::string reply;
  json::Writer writer(reply);
  writer.begin_object().key("Streams").begin_array();
  auto next = request.start_arn ? streams.upper_bound(*request.start_arn) : streams.begin();
  const std::string* last = nullptr;
  for (std::size_t count = 0; next != streams.end() && count < request.limit; ++next, ++count) {
    const auto& [arn, stream] = *next;
    writer.begin_object().member("StreamArn", arn);
    writer.member("TableName", stream.table->schema.name)
        .member("StreamLabel", stream.descriptor.label)
        .end_object();
    last = &arn;
  }
  writer.end_array();
  if (next != streams.end() && last != nullptr) writer.member("LastEvaluatedStreamArn", *last);
  writer.end_object();
  return reply;
}

class ListStreams final : public api::ParsedOperation<ListStreamsRequest> {
 public:
  explicit ListStreams(storage::Store& store) : store_(store) {}

 private:
  Result<ListStreamsRequest> parse(const api::RequestReader& request) const override {
    return read_list_streams(request);
  }
  api::Intents intents(const ListStreamsRequest& request) const override {
    const api::Resource of =
        request.table_name ? api::Resource::of_stream(*request.table_name, "*") : api::Resource::any();
    return {{"dynamodb:ListStreams", of}};
  }
  void execute(ListStreamsRequest wanted, const http::Request&, http::Responder respond) override {
    respond(list_streams(store_, *store_.catalog().snapshot(), wanted));
  }

  storage::Store& store_;
};

}  // namespace

std::unique_ptr<http::Operation> make_list_streams(storage::Store& store) {
  return std::make_unique<ListStreams>(store);
}

}  // namespace gyre::streams
