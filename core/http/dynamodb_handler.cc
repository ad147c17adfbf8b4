// SPDX-License-Identifier: Apache-2.0
#include "core/http/dynamodb_handler.h"

#include <optional>
#include <variant>

#include "core/base/limits.h"
#include "core/http/compression.h"
#include "core/http/content_coding.h"
#include "core/http/error_reply.h"
#include "core/http/signature.h"
#include "core/json/utf8.h"

namespace gyre::http {
namespace {

constexpr std::string_view kAdminPrefix = "Gyre.";
constexpr std::string_view kAdminPrincipal = "gyre";

// The media type without parameters, if it is one that DynamoDB takes.
std::optional<std::string_view> json_type(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (type == kJson10) return kJson10;
  if (type == kJson) return kJson;
  return std::nullopt;
}

/// JSON null if there is no body.
Result<json::Value> parse_body(const HttpRequest& request) {
  const auto coding = request_coding(request.content_encoding);
  if (!coding) return Error::internal({});  // as AWS answers
  if (*coding == ContentCoding::kIdentity) {
    return request.body.empty() ? json::Value() : request.json->parse(request.body);
  }
  ASSIGN_OR_RETURN(const std::string text, decompress(request.body, *coding, limits::kHttpBodyBytesMax));
  return request.json->parse(text);  // which keeps a copy
}

bool is_command(const HttpRequest& request) {
  return request.x_amz_target.starts_with(kAdminPrefix);
}

std::variant<std::string_view, ErrorReply> principal_of(const HttpRequest& request) {
  // Our own tools on this machine sign nothing.
  if (request.from_loopback && request.authorization.empty() && is_command(request)) return kAdminPrincipal;
  return authenticate({request.authorization, request.query, request.x_amz_date, request.date});
}

/// A request that passed all checks before its operation. Borrows from the request, and from the parser until
/// its next parse.
struct Admitted {
  const Router::Entry* operation = nullptr;
  std::string_view principal;
  json::Value body;
};

class DynamoDbHandler final : public Handler {
 public:
  DynamoDbHandler(const Router& router, const Origins& origins, api::IntentObserver* intents)
      : router_(router), origins_(origins), intents_(intents) {}

  bool open_to_all_origins() const override { return true; }

  void run(const HttpRequest& request, ReplyTo reply) override {
    const auto type = json_type(request.content_type);
    if (!request.body.empty() && !type) return reply(not_found(request.method));
    const std::string_view reply_type = type.value_or(kJson);
    const auto answer = admit(request);
    if (const auto* refusal = std::get_if<ErrorReply>(&answer)) return reply(Reply::of(*refusal, reply_type));
    const Admitted& admitted = std::get<Admitted>(answer);
    if (!request.connection->take_room(admitted.operation->reply_room)) return;
    admitted.operation->operation->run(
        {request.request_id, admitted.principal, request.host, admitted.body, request.sink, intents_},
        [reply = std::move(reply), reply_type](Result<std::string> result) {
          if (result.ok()) return reply(Reply{200, reply_type, std::move(result).value(), {}});
          reply(Reply::of(error_reply(result.error()), reply_type));
        });
  }

 private:
  std::variant<ErrorReply, Admitted> admit(const HttpRequest& request) const {
    Admitted admitted;
    const auto parsed = parse_body(request);
    if (!parsed.ok()) return error_reply(parsed.error());
    admitted.body = *parsed;

    if (request.x_amz_target.empty()) return error_reply(Error(ErrorCode::kUnknownOperation, {}));
    const auto operation = router_.find_entry(request.x_amz_target);
    if (!operation.ok()) return error_reply(operation.error());
    admitted.operation = *operation;
    if (is_command(request) && !request.origin.empty() && !origins_.allows(request.origin, request.host)) {
      return forbidden_origin(request.origin);
    }

    auto principal = principal_of(request);
    if (auto* refusal = std::get_if<ErrorReply>(&principal)) return std::move(*refusal);
    admitted.principal = std::get<std::string_view>(principal);
    if (!json::is_utf8(admitted.principal) || !json::is_utf8(request.host)) {
      return invalid_signature("The key id and the Host header must be UTF-8.");
    }

    // Nothing, or no object, where the operation's structure should be.
    if (!admitted.body.is_object()) return error_reply(Error::serialization({}));
    return admitted;
  }

  const Router& router_;
  const Origins& origins_;
  api::IntentObserver* const intents_;
};

}  // namespace

std::unique_ptr<Handler> make_dynamodb_handler(const Router& router, const Origins& origins,
                                               api::IntentObserver* intents) {
  return std::make_unique<DynamoDbHandler>(router, origins, intents);
}

Reply not_found(std::string_view method) {
  // A reply to HEAD has no body.
  return {404, {}, method == "HEAD" ? "" : "<UnknownOperationException/>\n", {}};
}

}  // namespace gyre::http
